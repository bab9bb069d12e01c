import type { ModelAsk, ModelUsage } from './language-model.ts';

/** What a company's questions may cost in one day (UTC). */
export interface BudgetLimits {
  readonly tokensPerDay: number;
  /** Millionths of a US dollar. */
  readonly microUsdPerDay: number;
}

/** US dollars per million tokens, which is millionths of a dollar per token. */
export interface Prices {
  readonly input: number;
  readonly output: number;
}

export interface Spent {
  readonly tokens: number;
  readonly microUsd: number;
}

/** Counts per company over all processes. */
export interface Budget {
  /** Takes the most that a request can come to; null = it would go beyond the day's limit. */
  reserve(tenantId: string, most: Spent): Promise<Reservation | null>;
}

export interface Reservation {
  /** Gives back what was not used. What is never settled stays spent. */
  settle(spent: Spent): Promise<void>;
}

/** Writing to the cache costs a quarter more than reading anew, reading from it a tenth (ephemeral, five minutes). */
export function costOf(usage: ModelUsage, { input, output }: Prices): Spent {
  const { inputTokens, outputTokens, cachedTokens, cacheWriteTokens } = usage;
  const plain = inputTokens - cachedTokens - cacheWriteTokens;
  const read = (plain + 1.25 * cacheWriteTokens + 0.1 * cachedTokens) * input;
  return { tokens: inputTokens + outputTokens, microUsd: Math.ceil(read + outputTokens * output) };
}

/** More than a request can come to: a token is seldom less than three characters of ours. */
export function mostOf(ask: ModelAsk, prices: Prices): Spent {
  const { prefix, about, tools, turns, maxOutputTokens } = ask;
  const characters = JSON.stringify([prefix, about, tools, turns]).length;
  const cacheWriteTokens = Math.ceil(characters / 3);
  const usage = { inputTokens: cacheWriteTokens, cacheWriteTokens, cachedTokens: 0 };
  return costOf({ ...usage, outputTokens: maxOutputTokens }, prices);
}

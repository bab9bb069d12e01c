import { flagWords } from '#contracts/flags';
import type { Decision } from '#contracts/flags';
import type { EpochMs } from '#contracts/time';
import { dayMs } from './calendar.ts';

const hourMs = 3_600_000;

/** A few words for a table cell at an instant: "3 d late", "in 9 d", "Review"; empty when the flag word says it best. */
export function shortText(decision: Decision, atMs: EpochMs): string {
  const [lead] = decision.reasons;
  if (!lead || decision.flag === 'green' || decision.flag === 'none') return '';
  if (lead.dueAt === null) return lead.short;
  const leftMs = Date.parse(lead.dueAt) - atMs;
  if (leftMs <= 0) return `${span(-leftMs, Math.floor)} late`;
  return `in ${span(leftMs, Math.ceil)}`;
}

function span(ms: number, round: (value: number) => number): string {
  return ms < dayMs ? `${round(ms / hourMs)} h` : `${round(ms / dayMs)} d`;
}

/** The short text, or the flag's own word. */
export const cellText = (decision: Decision, atMs: EpochMs): string =>
  shortText(decision, atMs) || flagWords[decision.flag];

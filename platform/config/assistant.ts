import * as z from 'zod';
import { urlOf, wholeNumber } from './values.ts';

const dollars = (value: number) =>
  z
    .string()
    .regex(/^\d{1,6}(?:\.\d{1,4})?$/, 'expected a number of US dollars, e.g. 12.50')
    .default(String(value))
    .transform(Number);

/** A language model for questions in words; null: they are answered without one, and nothing leaves. */
export const assistant = z
  .object({
    ANTHROPIC_API_KEY: z.string().optional(),
    ANTHROPIC_BASE_URL: urlOf('http', 'https').optional(),
    ASSISTANT_MODEL: z.string().default('claude-sonnet-5-5'),
    ASSISTANT_TIMEOUT_SECONDS: wholeNumber(1, 600).default(60),
    ASSISTANT_TOKENS_PER_DAY: wholeNumber(1000, 1_000_000_000).default(2_000_000),
    ASSISTANT_USD_PER_DAY: dollars(20),
    ASSISTANT_USD_PER_MILLION_IN: dollars(3),
    ASSISTANT_USD_PER_MILLION_OUT: dollars(15),
  })
  .transform((env) =>
    env.ANTHROPIC_API_KEY === undefined
      ? null
      : {
          apiKey: env.ANTHROPIC_API_KEY,
          model: env.ASSISTANT_MODEL,
          ...(env.ANTHROPIC_BASE_URL !== undefined && { address: env.ANTHROPIC_BASE_URL }),
          /** Until an answer begins, and between two pieces of it. */
          timeoutMs: env.ASSISTANT_TIMEOUT_SECONDS * 1000,
          /** Of one company and day (UTC). */
          limits: {
            tokensPerDay: env.ASSISTANT_TOKENS_PER_DAY,
            microUsdPerDay: Math.round(env.ASSISTANT_USD_PER_DAY * 1_000_000),
          },
          /** US dollars per million tokens. */
          prices: { input: env.ASSISTANT_USD_PER_MILLION_IN, output: env.ASSISTANT_USD_PER_MILLION_OUT },
        },
  );

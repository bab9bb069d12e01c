import { flagWords, type FlagColour } from '#contracts/flags';
import type { FlagSpan } from '#contracts/screens/person';
import { formatDate } from '#ui/format.ts';

const dayMs = 86_400_000;
const behindMs = 270 * dayMs;
const aheadMs = 65 * dayMs;

export interface Lane {
  readonly segments: readonly { from: number; to: number; flag: FlagColour; hold: boolean }[];
  readonly from: number;
  readonly to: number;
}

/** The spans as segments of an axis that reaches nine months back and two months ahead. */
export function laneOf(spans: readonly FlagSpan[], nowMs: number): Lane {
  const from = nowMs - behindMs;
  const to = nowMs + aheadMs;
  const segments = spans
    .map((span) => ({
      from: Math.max(from, Date.parse(span.from)),
      to: Math.min(to, span.to === null ? to : Date.parse(span.to)),
      flag: span.flag,
      hold: span.hold,
    }))
    .filter((segment) => segment.to > segment.from && segment.flag !== 'none');
  return { segments, from, to };
}

/** The lane in words, newest first: what a screen reader says in place of the picture. */
export function laneWords(spans: readonly FlagSpan[], zone: string): string {
  const newest = spans.slice(-4).toReversed();
  const words = newest.map(
    (span) => `${flagWords[span.flag]}${span.hold ? ', hold' : ''} from ${formatDate(span.from, zone)}`,
  );
  return words.length === 0 ? 'No history.' : `${words.join('; ')}.`;
}

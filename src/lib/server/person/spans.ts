import type { FlagSpan } from '#contracts/screens/person';
import type { FlagHistoryEntry } from '#domain/flags';

/**
 * A module's history as stretches of one state, oldest first. Entries are those of one module and one view, in order
 * of the instant they are about. The last stretch goes on until `next`, after which the state is `next`'s.
 */
export function toSpans(
  entries: readonly FlagHistoryEntry[],
  next: { at: string; flag: FlagSpan['flag']; hold: boolean } | null,
): FlagSpan[] {
  const spans: FlagSpan[] = [];
  for (const { effectiveAt, to } of entries) {
    const last = spans.at(-1);
    if (last !== undefined && last.flag === to.flag && last.hold === to.hold) continue;
    if (last !== undefined) last.to = effectiveAt;
    spans.push({ from: effectiveAt, to: null, flag: to.flag, hold: to.hold });
  }
  const last = spans.at(-1);
  if (last === undefined || next === null || next.at <= last.from) return spans;
  last.to = next.at;
  return [...spans, { from: next.at, to: null, flag: next.flag, hold: next.hold }];
}

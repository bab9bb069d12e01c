import type { FlagSpan } from '#contracts/screens/person';
import type { FlagHistoryEntry } from '#domain/flags';

/**
 * A module's history as stretches of one state, oldest first. Entries are those of one module and one view, in the
 * order in which they became known: a later one takes back what earlier ones said of the time from its effect on. The
 * last stretch goes on until `next`, after which the state is `next`'s.
 */
export function toSpans(
  entries: readonly FlagHistoryEntry[],
  next: { at: string; flag: FlagSpan['flag']; hold: boolean } | null,
): FlagSpan[] {
  const spans: FlagSpan[] = [];
  for (const { effectiveAt, to } of entries) {
    while ((spans.at(-1)?.from ?? '') >= effectiveAt) spans.pop();
    const last = spans.at(-1);
    if (last !== undefined) last.to = null;
    if (last !== undefined && last.flag === to.flag && last.hold === to.hold) continue;
    if (last !== undefined) last.to = effectiveAt;
    spans.push({ from: effectiveAt, to: null, flag: to.flag, hold: to.hold });
  }
  const last = spans.at(-1);
  if (last === undefined || next === null || next.at <= last.from) return spans;
  last.to = next.at;
  return [...spans, { from: next.at, to: null, flag: next.flag, hold: next.hold }];
}

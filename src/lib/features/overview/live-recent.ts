import { gravity } from '#contracts/flags';
import type { FlagChanged } from '#contracts/live';
import type { RecentChange, RecentChanges } from '#contracts/screens/overview';

/** A change of colour or hold; one that only moved the outlook is not news. */
export function isNews({ from, to }: Pick<FlagChanged, 'from' | 'to'>): boolean {
  return from.flag !== to.flag || from.hold !== to.hold;
}

/** True when somebody is worse off: a graver colour than before (and than green), or a new hold. */
export function isWorse({ from, to }: Pick<FlagChanged, 'from' | 'to'>): boolean {
  const before = Math.min(gravity[from.flag], gravity.green);
  return gravity[to.flag] < before || (to.hold && !from.hold);
}

/** As the overview lists it. The live frame is already masked for the viewer. */
export function toRecent(change: FlagChanged): RecentChange {
  const { id, employeeId, name, module, from, to, summary, decidedAt } = change;
  return { id, employeeId, name, module, from, to, summary, at: decidedAt };
}

const shown = 20;

/** What the server said, with what has come since; the same change counts once. */
export function withArrived(read: RecentChanges, arrived: readonly RecentChange[]): RecentChanges {
  const known = new Set(read.changes.map((change) => change.id));
  const fresh = arrived.filter((change) => !known.has(change.id));
  return {
    total: read.total + fresh.length,
    worse: read.worse + fresh.filter(isWorse).length,
    changes: [...fresh, ...read.changes].toSorted((a, b) => b.at.localeCompare(a.at)).slice(0, shown),
  };
}

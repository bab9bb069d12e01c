import type { FlagColour } from '#contracts/flags';
import type { FileItem } from '#contracts/screens/person';

/** How a state of the qualification file is shown. */
export const fileWords: Record<FileItem['state'], { flag: FlagColour; word: string; until: string }> = {
  present: { flag: 'green', word: 'Present', until: 'good to' },
  expiring: { flag: 'yellow', word: 'Expiring', until: 'good to' },
  due: { flag: 'yellow', word: 'Due', until: 'by' },
  missing: { flag: 'red', word: 'Missing', until: 'was due' },
  late: { flag: 'red', word: 'Ran out', until: 'on' },
  not_required: { flag: 'none', word: 'Not needed', until: 'to' },
};

/** "7 of 8 present, 1 missing": of the items that this driver needs. */
export function fileStanding(items: readonly FileItem[]): string {
  const needed = items.filter((item) => item.state !== 'not_required');
  const count = (...states: FileItem['state'][]) =>
    needed.filter((item) => states.includes(item.state)).length;
  const troubles = [
    [count('missing'), 'missing'],
    [count('late'), 'ran out'],
    [count('due'), 'due'],
    [count('expiring'), 'expiring'],
  ] as const;
  const told = troubles.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  return [`${count('present', 'expiring')} of ${needed.length} on file`, ...told].join(', ');
}

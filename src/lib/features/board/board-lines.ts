import type { BoardGroup } from '#contracts/screens/board';

/** One line of the grid: a group's head, or a person by place in the arranged list. */
type BoardLine =
  | { readonly kind: 'group'; readonly group: BoardGroup; readonly closed: boolean }
  | { readonly kind: 'person'; readonly index: number };

export interface BoardLines {
  readonly count: number;
  at(line: number): BoardLine;
  /** Where a person stands; null while the group is closed. */
  lineOf(index: number): number | null;
}

interface Stretch {
  readonly group: BoardGroup;
  readonly closed: boolean;
  /** First line of the group: its head, when there is one. */
  readonly line: number;
  /** First person of the group. */
  readonly index: number;
}

/** Lays groups out as lines without making one object per person. Group heads are left out when there is one unnamed group. */
export function layOut(groups: readonly BoardGroup[], closed: ReadonlySet<string>): BoardLines {
  const headed = groups.some((group) => group.name !== '');
  const stretches: Stretch[] = [];
  let line = 0;
  let index = 0;
  for (const group of groups) {
    const shut = headed && closed.has(group.id);
    stretches.push({ group, closed: shut, line, index });
    line += (headed ? 1 : 0) + (shut ? 0 : group.people);
    index += group.people;
  }
  const count = line;
  const headLines = headed ? 1 : 0;
  return {
    count,
    at(asked) {
      const stretch = lastBefore(stretches, (one) => one.line <= asked);
      if (stretch === undefined) throw new RangeError(`no line ${asked}`);
      const { group, closed: shut } = stretch;
      if (headed && asked === stretch.line) return { kind: 'group', group, closed: shut };
      return { kind: 'person', index: stretch.index + asked - stretch.line - headLines };
    },
    lineOf(person) {
      const stretch = lastBefore(stretches, (one) => one.index <= person);
      if (stretch === undefined || stretch.closed) return null;
      return stretch.line + headLines + person - stretch.index;
    },
  };
}

/** The last stretch for which `fits` holds; stretches are in order, so it is found by halving. */
function lastBefore(stretches: readonly Stretch[], fits: (stretch: Stretch) => boolean): Stretch | undefined {
  let low = 0;
  let high = stretches.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const stretch = stretches[middle];
    if (stretch !== undefined && fits(stretch)) low = middle + 1;
    else high = middle;
  }
  return stretches[low - 1];
}

import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { modules } from '#contracts/modules';
import type { FlagChanged } from '#contracts/live';
import type { BoardGroup, BoardPage, BoardQuery, BoardRow, Tally } from '#contracts/screens/board';

const pageSize = 100;
/** Pages kept on either side of what is seen. */
const keepPages = 30;
const glowMs = 1500;

export type ReadPage = (input: { query: BoardQuery; offset: number; limit: number }) => Promise<BoardPage>;

/**
 * The people of one board as far as they have been seen: pages come when they scroll into sight, live changes are
 * written into the rows where they stand.
 */
export class BoardRows {
  #rows = new SvelteMap<number, BoardRow>();
  #indexOf = new Map<string, number>();
  #asked = new Set<number>();
  #query: BoardQuery;
  #read: ReadPage;
  #generation = 0;
  people = $state(0);
  tally = $state.raw<Tally>({ red: 0, stale: 0, yellow: 0, green: 0, hold: 0 });
  groups = $state.raw<readonly BoardGroup[]>([]);
  sequence = $state(0);
  failure = $state.raw<unknown>(null);
  /** `employee module` of flags that changed a moment ago. */
  readonly glowing = new SvelteSet<string>();

  constructor(first: BoardPage, query: BoardQuery, read: ReadPage) {
    this.#query = query;
    this.#read = read;
    this.#take(first);
    this.#asked.add(0);
  }

  row(index: number): BoardRow | undefined {
    return this.#rows.get(index);
  }

  indexOf(employeeId: string): number | undefined {
    return this.#indexOf.get(employeeId);
  }

  /** Asks for the pages that hold these people and were not asked for yet. */
  want(from: number, to: number): void {
    const first = Math.max(0, Math.floor(from / pageSize));
    const last = Math.floor(Math.max(0, Math.min(to, this.people - 1)) / pageSize);
    for (let page = first; page <= last; page += 1) if (!this.#asked.has(page)) void this.#fetch(page);
    this.#forget(first - keepPages, last + keepPages);
  }

  /** Reads again what is in sight, and the counts. */
  async refresh(from: number, to: number): Promise<void> {
    this.#generation += 1;
    this.#asked.clear();
    this.failure = null;
    const first = Math.max(0, Math.floor(from / pageSize));
    const last = Math.max(first, Math.floor(Math.max(0, to) / pageSize));
    const pages = Array.from({ length: last - first + 1 }, (_, at) => first + at);
    await Promise.all(pages.map((page) => this.#fetch(page)));
    for (const index of this.#rows.keys()) {
      if (!this.#asked.has(Math.floor(index / pageSize))) this.#drop(index);
    }
  }

  /** Reads the counts alone: rows stay where they are. */
  async recount(): Promise<void> {
    const page = await this.#read({ query: this.#query, offset: 0, limit: 1 });
    this.tally = page.tally;
    if (page.people === this.people) this.groups = page.groups;
  }

  /** Writes changes into the rows; @returns how many touched a row that is here. */
  apply(changes: readonly FlagChanged[]): number {
    let touched = 0;
    for (const change of changes) {
      const index = this.#indexOf.get(change.employeeId);
      const row = index === undefined ? undefined : this.#rows.get(index);
      if (index === undefined || row === undefined || change.sequence <= this.sequence) continue;
      this.#rows.set(index, withChange(row, change));
      this.#glow(`${change.employeeId} ${change.module}`);
      touched += 1;
    }
    return touched;
  }

  #glow(key: string): void {
    this.glowing.delete(key);
    this.glowing.add(key);
    setTimeout(() => this.glowing.delete(key), glowMs);
  }

  async #fetch(page: number): Promise<void> {
    this.#asked.add(page);
    const generation = this.#generation;
    try {
      const answer = await this.#read({ query: this.#query, offset: page * pageSize, limit: pageSize });
      if (generation === this.#generation) this.#take(answer);
    } catch (error) {
      this.#asked.delete(page);
      this.failure = error;
    }
  }

  #take(page: BoardPage): void {
    this.people = page.people;
    this.tally = page.tally;
    this.groups = page.groups;
    this.sequence = page.sequence;
    for (const [at, row] of page.rows.entries()) {
      const index = page.offset + at;
      this.#drop(index);
      this.#rows.set(index, row);
      this.#indexOf.set(row.employeeId, index);
    }
  }

  #drop(index: number): void {
    const row = this.#rows.get(index);
    if (row === undefined) return;
    this.#rows.delete(index);
    if (this.#indexOf.get(row.employeeId) === index) this.#indexOf.delete(row.employeeId);
  }

  #forget(firstPage: number, lastPage: number): void {
    for (const page of this.#asked) {
      if (page >= firstPage && page <= lastPage) continue;
      this.#asked.delete(page);
      for (let index = page * pageSize; index < (page + 1) * pageSize; index += 1) this.#drop(index);
    }
  }
}

/** The row after a change: the cell's words come with it, its deadline comes with the next reading. */
function withChange(row: BoardRow, change: FlagChanged): BoardRow {
  const at = modules.indexOf(change.module);
  const { to, short, nextChangeAt, decidedAt } = change;
  const cell = { flag: to.flag, hold: to.hold, short, dueAt: null, nextChangeAt, since: decidedAt };
  return {
    ...row,
    cells: row.cells.map((before, index) => (index === at ? cell : before)),
    changedAt: decidedAt,
  };
}

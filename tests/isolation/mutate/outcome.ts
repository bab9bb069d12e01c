/** One guard taken away, and what missed it. */
export interface Mutant {
  /** e.g. `records · scope_rows dropped`. */
  readonly name: string;
  /** The first thing that was not as it must be; null = nothing noticed. */
  readonly noticed: string | null;
}

/** What the run reads off a test: vitest's JSON carries it. */
export interface MutantMeta {
  readonly wall: string;
  readonly mutants: readonly Mutant[];
}

export const survivors = (mutants: readonly Mutant[]): string[] =>
  mutants.filter(({ noticed }) => noticed === null).map(({ name }) => name);

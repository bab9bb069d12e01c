import type { MutantMeta } from './mutate/outcome.ts';

/** What a test notes down of itself. */
interface Noted {
  readonly isolation?: {
    readonly cells?: number;
    readonly crossed?: number;
    readonly tables?: number;
    readonly procedures?: number;
  };
  readonly mutants?: MutantMeta;
}

/** The parts of vitest's JSON report that are read here. */
export interface Suite {
  readonly passed: boolean;
  readonly report: {
    readonly testResults: readonly { readonly assertionResults: readonly { readonly meta?: Noted }[] }[];
  };
}

export interface Metric {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Null = no aim. */
  readonly aim: number | null;
  /** Null = not measured against anything. */
  readonly met: boolean | null;
}

const notes = (suites: readonly Suite[]): Noted[] =>
  suites.flatMap(({ report }) =>
    report.testResults.flatMap(({ assertionResults }) => assertionResults.map(({ meta }) => meta ?? {})),
  );

const plain = (name: string, value: number, unit: string): Metric => ({
  name,
  value,
  unit,
  aim: null,
  met: null,
});

/** The figures of a run. Mutants are left out of a run without them. */
export function measure(suites: readonly Suite[], mutated: boolean): Metric[] {
  const figures = notes(suites).flatMap(({ isolation }) => isolation ?? []);
  const sum = (key: 'cells' | 'crossed' | 'tables' | 'procedures') =>
    figures.reduce((total, each) => total + (each[key] ?? 0), 0);
  const crossed = sum('crossed');
  const mutants = notes(suites).flatMap((noted) => noted.mutants?.mutants ?? []);
  const killed = mutants.filter(({ noticed }) => noticed !== null).length;
  return [
    plain('isolation.tables', sum('tables'), 'tables'),
    plain('isolation.procedures', sum('procedures'), 'procedures'),
    plain('isolation.cells', sum('cells'), 'cells'),
    { ...plain('isolation.rows_crossed', crossed, 'rows'), aim: 0, met: crossed === 0 },
    ...(mutated
      ? [
          plain('isolation.mutants', mutants.length, 'mutants'),
          {
            ...plain('isolation.mutants_killed', killed, 'mutants'),
            aim: mutants.length,
            met: killed === mutants.length,
          },
        ]
      : []),
  ];
}

/** One line per wall: how many guards, how many of them missed; and each that nobody missed. */
export function mutantLines(suites: readonly Suite[]): string[] {
  return notes(suites).flatMap((noted) => {
    if (noted.mutants === undefined) return [];
    const { wall, mutants } = noted.mutants;
    const alive = mutants.filter(({ noticed }) => noticed === null);
    return [
      `${wall}: ${mutants.length - alive.length} of ${mutants.length} missed when taken away`,
      ...alive.map(({ name }) => `  not missed: ${name}`),
    ];
  });
}

export function tableOf(metrics: readonly Metric[]): string[] {
  const width = Math.max(...metrics.map(({ name }) => name.length));
  return metrics.map(({ name, value, unit, aim, met }) => {
    const aimed = aim === null ? '' : `  aim ${aim}, ${met ? 'met' : 'NOT MET'}`;
    return `${name.padEnd(width)}  ${String(value).padStart(7)} ${unit}${aimed}`;
  });
}

import type { Area } from '#contracts/roles';
import { call } from '../ask.ts';
import { mayAsk } from '../needs.ts';
import { procedures } from '../procedures.ts';
import { lettersOf, type Letter } from '../role-table.ts';
import type { Trial } from '../trial.ts';
import type { Asker } from '../viewers.ts';
import type { Cell } from './cells.ts';

/** The parts of answers that are looked at here. */
export interface Data {
  readonly mayReveal?: boolean;
  readonly externalIdsHeld?: number;
  readonly mayAskCopy?: boolean;
  readonly plan?: object | null;
  readonly csv?: string;
  readonly heat?: { readonly rows: readonly { readonly people: number }[] };
  readonly locations?: readonly unknown[];
  readonly jobRoles?: readonly unknown[];
  readonly subject?: { readonly id: string };
  readonly rows?: readonly Row[];
  readonly total?: number | null;
  readonly counts?: Readonly<Record<string, number>>;
  readonly changed?: number;
}
export interface Row {
  readonly employeeId?: string;
  readonly module?: string;
  readonly reason?: string;
  readonly title?: string;
}
export type Judge = (asker: Asker, data: Data) => readonly string[];

export const may = ({ role }: Asker, letter: Letter, area: Area): boolean =>
  role ? lettersOf(role, area).includes(letter) : role === null;

/** One cell for each asker of Alder whom the procedure lets in; what is wrong is said by `judge`. */
export function asking(trial: Trial) {
  return (path: string, input: unknown, judge: Judge): Cell[] =>
    ofAlder(trial)
      .filter((asker) => mayAsk(asker, procedures[path]?.need ?? 'nothing'))
      .map((asker) => ({
        procedure: null,
        run: async () => {
          const data = await answerOf(trial, asker, path, input);
          return data === null ? [] : judge(asker, data).map((words) => `${asker.name} · ${path} · ${words}`);
        },
      }));
}

export const ofAlder = ({ askers }: Trial): Asker[] =>
  askers.filter(({ role, reaches }) => role !== undefined && reaches === 'Alder');

/** The data of an answer; null when there was none. */
export async function answerOf(
  trial: Trial,
  asker: Asker,
  path: string,
  input: unknown,
): Promise<Data | null> {
  const { kind } = procedures[path] ?? { kind: 'query' };
  const { text } = await call(trial.world.planted.origin, asker, path, { kind }, input);
  return (JSON.parse(text) as { result?: { data: Data } }).result?.data ?? null;
}

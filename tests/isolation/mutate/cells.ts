import { setTimeout as sleep } from 'node:timers/promises';
import { call, openLive } from '../ask.ts';
import { mayAsk, procedures } from '../procedures.ts';
import { lettersOf } from '../role-table.ts';
import type { Trial } from '../trial.ts';
import type { Asker } from '../viewers.ts';

/** One thing tried by one asker. */
export interface Cell {
  readonly procedure: string | null;
  /** What was wrong, in words. */
  run(): Promise<string[]>;
}

/** Every procedure, act on alerts and live channel, as everybody; askers take turns, so that kept answers show. */
export function cellsOf(trial: Trial): Cell[] {
  return [...procedureCells(trial), ...ownCells(trial), ...alertCells(trial), ...liveCells(trial)];
}

/** Most requests of one procedure: each is tried by everybody, hundreds of times. */
const mostInputs = 4;

function fewOf(inputs: readonly unknown[]): readonly unknown[] {
  const step = Math.max(1, inputs.length / mostInputs);
  return inputs.filter((_, at) => Math.floor(at / step) !== Math.floor((at - 1) / step));
}

function procedureCells(trial: Trial): Cell[] {
  return Object.entries(procedures).flatMap(([procedure, expectation]) =>
    fewOf(trial.inputsOf(expectation)).flatMap((input) =>
      trial.askers.map((asker) => ({ procedure, run: () => trial.ask(asker, procedure, input) })),
    ),
  );
}

/** Isolation is no emptiness: each sees as many people as the table says, on a board that others have looked at. */
function ownCells({ world, askers, alder, borealis }: Trial): Cell[] {
  const count = async (asker: Asker): Promise<string[]> => {
    const { inputs } = procedures['board.page'] ?? { inputs: () => [] };
    const [input] = inputs(asker.reaches === 'Alder' ? alder : borealis);
    const { text } = await call(world.planted.origin, asker, 'board.page', { kind: 'query' }, input);
    const seen = /"people":(\d+)/.exec(text)?.[1];
    return Number(seen) === asker.people.size ? [] : [`${asker.name} · board.page · ${seen} people`];
  };
  return askers
    .filter(({ reaches, people }) => reaches !== null && people.size > 0)
    .map((asker) => ({ procedure: null, run: () => count(asker) }));
}

/** Changing an alert needs the right to change its module. */
function alertCells({ world, askers, alder }: Trial): Cell[] {
  const act = async (asker: Asker, module: Parameters<typeof lettersOf>[1], alertIds: readonly string[]) => {
    const input = { act: 'assign', alertIds, to: 'nobody' };
    const { status } = await call(world.planted.origin, asker, 'alerts.act', { kind: 'mutation' }, input);
    const may = asker.role ? lettersOf(asker.role, module).includes('W') : false;
    return (status === 200) === may ? [] : [`${asker.name} · alerts.act · ${module} · ${status}`];
  };
  return askers
    .filter(({ role, reaches }) => role && reaches === 'Alder')
    .flatMap((asker) =>
      [...alder.alerts].map(([module, ids]) => ({ procedure: null, run: () => act(asker, module, ids) })),
    );
}

function liveCells({ world, askers, judge }: Trial): Cell[] {
  const path = 'live.flags';
  const listen = async (asker: Asker): Promise<string[]> => {
    const admitted = mayAsk(asker, { letters: ['V', 'S', 'D'], in: 'any module' });
    const socket = await openLive(world.planted.origin, asker, path);
    if (typeof socket === 'number') {
      const right = asker.role === undefined ? 401 : 403;
      return admitted || socket !== right ? [`${asker.name} · ${path} · ${socket}`] : [];
    }
    await sleep(150);
    socket.close();
    const told = socket.texts.flatMap((text) =>
      text.startsWith('{') ? judge(asker, path, { status: 200, text }, undefined) : [],
    );
    return admitted ? told : [`${asker.name} · ${path} · let in`, ...told];
  };
  return askers.map((asker) => ({ procedure: null, run: () => listen(asker) }));
}

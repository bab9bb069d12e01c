import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cancelledTest, deliver, randomOrder } from '../messages.ts';
import { readDerOnly } from '../known.ts';
import { procedures } from '../procedures.ts';
import { programCells } from '../programs.ts';
import { openTrial, type Trial } from '../trial.ts';
import { plantSilence } from './beyond-cells.ts';
import { cellsOf, type Cell } from './cells.ts';
import { findDeciders, findSites } from './instrument.ts';
import { plantQuestions } from './question-cells.ts';
import { survivors, type Mutant } from './outcome.ts';
import { guardedFolders, guards, saysOnly, secondWalls, unguarded } from './sites.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const files = guardedFolders.flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => `${folder}/${file}`)
    .filter((file) => file.endsWith('.ts') && !unguarded.test(file)),
);
const textOf = (file: string) => readFileSync(path.join(root, file), 'utf8');
const sites = files.flatMap((file) => findSites(file, textOf(file)).map(({ id }) => id));
const isRowSecurity = (id: string): boolean => / · asViewer(?: \d+)?$/.test(id);

let trial: Trial;
let cells: readonly Cell[];
/** Which cells ask which guard. */
const asking = new Map<string, Cell[]>();
const right = new Set<Cell>();

beforeAll(async () => {
  trial = await openTrial({ cells: 0, crossed: 0 });
  await haveSecrets();
  cells = [...cellsOf(trial), ...(await programCells(trial))];
}, 300_000);
afterAll(() => trial.world.planted.close());

/** An unannounced test, and one that must be collected again: what is for the DER alone. */
async function haveSecrets(): Promise<void> {
  const { app, origin, clock } = trial.world.planted;
  const at = { origin, nowMs: clock.nowMs() };
  await deliver(at, trial.world.alder, randomOrder(trial.world.alder, clock.nowMs()));
  await deliver(at, trial.world.alder, cancelledTest(trial.world.alder, clock.nowMs()));
  await trial.settle();
  clock.advanceMs(2000);
  await trial.learn(await readDerOnly(app, trial.world.alder));
  await plantQuestions(trial);
  await plantSilence(trial);
}

/** Runs with these guards off, and nothing kept from before. */
async function withOff<T>(ids: readonly string[], run: () => Promise<T>): Promise<T> {
  const { off } = globalThis.guardSwitch;
  for (const id of ids) off.add(id);
  globalThis.guardSwitch.generation += 1;
  try {
    return await run();
  } finally {
    for (const id of ids) off.delete(id);
    globalThis.guardSwitch.generation += 1;
  }
}

/** The first cell that is wrong without the guard, and right again with it; `others` are off in both cases. */
async function firstWrong(
  others: readonly string[],
  guard: readonly string[],
  tried: readonly Cell[],
): Promise<string | null> {
  const left = tried.filter((cell) => right.has(cell));
  while (left.length > 0) {
    const found = await withOff([...others, ...guard], () => nextWrong(left));
    if (found === null) return null;
    // Wrong without the guard too: the others' absence made it so, or what an earlier guard's absence left behind.
    const again = await withOff(others, () => wrongs(found.cell));
    if (again.length === 0) return found.wrong;
  }
  return null;
}

/** What is wrong with a cell; one that cannot be tried is wrong too. */
const wrongs = (cell: Cell): Promise<string[]> =>
  cell.run().catch((error: unknown) => [`threw ${error instanceof Error ? error.stack : String(error)}`]);

/** Takes cells off the list up to the first that is wrong. */
async function nextWrong(left: Cell[]): Promise<{ cell: Cell; wrong: string } | null> {
  for (let cell = left.shift(); cell !== undefined; cell = left.shift()) {
    const [wrong] = await wrongs(cell);
    if (wrong !== undefined) return { cell, wrong };
  }
  return null;
}

test('every function that decides by scope or viewer is known as a guard', () => {
  const unknown = files.flatMap((file) =>
    findDeciders(file, textOf(file))
      .filter((name) => !(name in guards) && !(name in saysOnly.functions))
      .map((name) => `${file} · ${name}`),
  );
  expect(unknown).toEqual([]);
});

test('with every guard in the code and none in the database, all is as it must be', async () => {
  const wrong: string[] = [];
  await withOff(sites.filter(isRowSecurity), async () => {
    for (const cell of cells) {
      globalThis.guardSwitch.generation += 1;
      globalThis.guardSwitch.asked.clear();
      const found = await wrongs(cell);
      wrong.push(...found);
      // What is wrong as it stands misses nothing.
      if (found.length > 0) continue;
      right.add(cell);
      for (const id of globalThis.guardSwitch.asked) {
        const known = asking.get(id) ?? [];
        known.push(cell);
        asking.set(id, known);
      }
    }
  });
  expect(wrong.slice(0, 20)).toEqual([]);
});

test('with row security and no predicate of people in the statements, all is as it must be', async () => {
  const predicates = sites.filter((id) => id.includes(' · visibleEmployees'));
  const touched = new Set(predicates.flatMap((id) => asking.get(id) ?? []));
  const wrong = await withOff(predicates, async () => {
    const found: string[] = [];
    for (const cell of touched) found.push(...(await wrongs(cell)));
    return found;
  });
  expect(wrong.slice(0, 20)).toEqual([]);
});

/** At most so many cells for one guard, spread over all that ask it, and neighbours far apart: they ask alike. */
const mostCells = 150;
const stride = 97;

function spread(all: readonly Cell[]): readonly Cell[] {
  // Those that are of no one procedure were written to miss a guard.
  const written = all.filter(({ procedure }) => procedure === null);
  const others = all.filter(({ procedure }) => procedure !== null);
  const step = Math.max(1, others.length / mostCells);
  const some = others.filter((_, at) => Math.floor(at / step) !== Math.floor((at - 1) / step));
  const apart = some.length % stride === 0 ? 1 : stride;
  return [...written, ...some.flatMap((_, at) => some[(at * apart) % some.length] ?? [])];
}

/** With them, all that is asked of the same procedures: whoever is refused at the door does not come to the guard behind it. */
function besides(tried: readonly Cell[]): readonly Cell[] {
  const asked = new Set(tried.flatMap(({ procedure }) => procedure ?? []));
  return [
    ...new Set([...tried, ...cells.filter(({ procedure }) => procedure !== null && asked.has(procedure))]),
  ];
}

test('every guard in the code is missed when it goes', async ({ task }) => {
  const mutants: Mutant[] = [];
  const predicates = sites.filter((id) => / · visible(?:Employees)?(?: \d+)?$/.test(id));
  const rowSecurity = sites.filter(isRowSecurity);
  for (const id of sites) {
    if (id in saysOnly.sites || id in secondWalls) continue;
    const tried = spread(asking.get(id) ?? []);
    // Walls cover each other: each is tried with row security or the statements' own predicates off, then with what the
    // procedures declare off besides, since services ask again.
    const others = isRowSecurity(id) ? predicates : rowSecurity;
    const noticed =
      (await firstWrong(others, [id], tried)) ??
      (declared.includes(id) ? null : await firstWrong([...others, ...declared], [id], besides(tried)));
    mutants.push({ name: `${id}${tried.length === 0 ? ' (asked by no cell)' : ''}`, noticed });
  }
  Object.assign(task.meta, { mutants: { wall: 'guards in the code', mutants } });
  const unknown = [...Object.keys(saysOnly.sites), ...Object.keys(secondWalls)].filter(
    (id) => !sites.includes(id),
  );
  expect({ survivors: survivors(mutants), unknown }).toEqual({ survivors: [], unknown: [] });
});

/** What each procedure's own declaration asks for, switched off while that procedure is called. */
const declared = sites.filter(
  (id) => /trpc\.ts · \w+ · (?:authorize\w*|refusal)$/.test(id) && !id.endsWith('module · refusal'),
);

/** What services ask once more, whatever a procedure declared. */
const servicesAsk = sites.filter(
  (id) =>
    /^(?:domain|ingest)\/(?!identity\/authorize\.ts)/.test(id) &&
    / · (?:can|visibilityOf|requireRight|mayErase|mayReveal)(?: \d+)?$/.test(id),
);

test('the guard of every procedure is missed when it goes', async ({ task }) => {
  const mutants: Mutant[] = [];
  for (const [name, { need }] of Object.entries(procedures)) {
    if (need === 'nothing') continue;
    const own = [...right].filter(({ procedure }) => procedure === name);
    // Where a right is asked, a session stays asked for: that anybody is let in would be missed sooner than that anyone is.
    const gone = declared.filter((id) => (need === 'session') === id.includes(' · requireSession · '));
    const noticed = (await firstWrong([], gone, own)) ?? (await firstWrong(servicesAsk, gone, own));
    mutants.push({ name, noticed });
  }
  Object.assign(task.meta, { mutants: { wall: 'guards of procedures', mutants } });
  expect(survivors(mutants)).toEqual([]);
});

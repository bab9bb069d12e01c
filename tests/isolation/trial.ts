import { call, type Answer } from './ask.ts';
import { context, openApp, plantCompany } from './companies.ts';
import { crossings, speakingCells, type Secrets } from './inspect.ts';
import { idsIn, readHandles, readRows, readSentences, type Handles } from './known.ts';
import { deliver, lifeOf } from './messages.ts';
import { mayAsk, type Expectation } from './needs.ts';
import { procedures } from './procedures.ts';
import { signInAll, type Asker, type World } from './viewers.ts';

export interface Tally {
  cells: number;
  crossed: number;
}

/** The world in which everything is tried: who asks, what may not be told, and how an answer is held against it. */
export interface Trial {
  readonly world: World;
  readonly askers: readonly Asker[];
  readonly alder: Handles;
  readonly borealis: Handles;
  secrets(): Secrets;
  /** Reads anew what belongs to whom. @param order ids and words that are for the DER alone */
  learn(order: readonly string[]): Promise<void>;
  /** Resolves when all that was delivered has had its effect. */
  settle(): Promise<void>;
  /** Holds one answer against all that this asker may not be told. */
  judge(asker: Asker, path: string, answer: Answer, asked: unknown): string[];
  inputsOf(expectation: Expectation): readonly unknown[];
  /** One call of a procedure: whether it let in by the table, and told no one else's. Answers what was wrong, in words. */
  ask(asker: Asker, path: string, input: unknown): Promise<string[]>;
}

/** Two service companies with a life behind each, and a compliance company that oversees the first. */
export async function openTrial(tally: Tally): Promise<Trial> {
  const world = await openWorld();
  const askers = await signInAll(world);
  await liveThrough(world);
  const { app } = world.planted;
  const alder = await readHandles(app, world.alder);
  const borealis = await readHandles(app, world.borealis);
  let secrets = await learnSecrets(world, []);
  const said = new Map<string, Set<string>>();

  function judge(asker: Asker, path: string, { text }: Answer, asked: unknown): string[] {
    const own = JSON.stringify(asked) ?? '';
    const ofColleagues = keepsWords.test(path) ? [...(said.get(companyOf(asker)) ?? [])].join() : '';
    const request = own + ofColleagues;
    // The texts of the rules are everybody's; a person's sentence may stand there word for word.
    const held = path.startsWith('settings.') ? { ...secrets, sentences: new Map() } : secrets;
    const found = [...crossings(asker, text, request, held), ...speakingCells(asker, parsed(text))];
    tally.cells += 1;
    tally.crossed += found.length;
    return found.map((words) => `${asker.name} · ${path} ${own.slice(0, 120)} · ${words}`);
  }

  return {
    world,
    askers,
    alder,
    borealis,
    secrets: () => secrets,
    learn: async (order) => {
      secrets = await learnSecrets(world, order);
    },
    settle: () => settle(world),
    judge,
    inputsOf: (expectation) => [...expectation.inputs(alder), ...expectation.inputs(borealis)],
    ask: async (asker, path, input) => {
      const expectation = procedures[path];
      if (expectation === undefined) throw new Error(`no expectation for ${path}`);
      const before = said.get(companyOf(asker)) ?? [];
      said.set(companyOf(asker), new Set([...before, ...idsIn(JSON.stringify(input) ?? '')]));
      const answer = await call(world.planted.origin, asker, path, expectation, input);
      return [...judgeStatus(asker, path, expectation, answer), ...judge(asker, path, answer, input)];
    },
  };
}

/** A company's own log and requests keep what its people asked for, word for word: what they named themselves, they may read there. */
const keepsWords = /^\/?(?:audit|approvals)\b/;
const companyOf = ({ reaches }: Asker): string => reaches ?? 'the overseer';

function judgeStatus(
  asker: Asker,
  path: string,
  expectation: Expectation,
  { status, text }: Answer,
): string[] {
  const wrong: string[] = [];
  const admitted = mayAsk(asker, expectation.need);
  const told = expectation.deniedAs !== undefined && text.includes(expectation.deniedAs);
  const refused = (status === 401 || status === 403) && !(admitted && told);
  if (refused === admitted) wrong.push(`${asker.name} · ${path} · ${status} ${text.slice(0, 200)}`);
  if (!admitted && status !== (asker.role === undefined ? 401 : 403))
    wrong.push(`${asker.name} · ${path} · ${status}`);
  if (status >= 500) wrong.push(`${asker.name} · ${path} · ${text.slice(0, 300)}`);
  return wrong;
}

async function openWorld(): Promise<World> {
  const planted = await openApp();
  const { app } = planted;
  const { identity, ingest } = app.services;
  const companies = {
    alder: await plantCompany(app, 'Alder'),
    borealis: await plantCompany(app, 'Borealis'),
  };
  const overseer = await identity.createTenant(
    { kind: 'compliance', name: 'Overseer', zone: 'America/Chicago' },
    context,
  );
  await identity.oversee(overseer, companies.alder.tenantId, context);
  await ingest.directory.refresh();
  return { planted, overseer, ...companies };
}

/** Both companies' vendors tell what happened. Throws when a door answers otherwise than it should. */
async function liveThrough(world: World): Promise<void> {
  const { origin, clock } = world.planted;
  const at = { origin, nowMs: clock.nowMs() };
  for (const company of [world.alder, world.borealis]) {
    const statuses = new Set<number>();
    for (const message of lifeOf(company, clock.nowMs())) statuses.add(await deliver(at, company, message));
    const told = [...statuses].toSorted((a, b) => a - b).join();
    if (told !== '202,401') throw new Error(`the doors of ${company.word} answered ${told}`);
  }
  await settle(world);
}

async function settle({ planted: { app, origin } }: World): Promise<void> {
  await app.services.ingest.flushHealth();
  await app.settle();
  const { status } = await fetch(`${origin}/health/ready`);
  if (status !== 200) throw new Error(`not ready: ${status}`);
}

async function learnSecrets(world: World, order: readonly string[]): Promise<Secrets> {
  const { app } = world.planted;
  const ownerOf = new Map<string, string>();
  for (const company of [world.alder, world.borealis]) {
    const rows = await readRows(app, company.tenantId);
    for (const id of idsIn([...rows.values()].flat().join('\n'))) {
      // What both know of (nothing should) belongs to neither.
      ownerOf.set(id, ownerOf.has(id) ? 'both' : company.word);
    }
  }
  // People of the overseer stand in the client's log by what they did there; they are still the overseer's.
  const overseers = [...(await readRows(app, world.overseer)).values()].flat().join('\n');
  for (const id of idsIn(overseers)) if (id.startsWith('usr_') || id === world.overseer) ownerOf.delete(id);
  const indexOf = new Map(
    [world.alder, world.borealis].flatMap(({ people }) =>
      [...people].map(([index, id]) => [id, index] as const),
    ),
  );
  const client = { id: world.alder.tenantId, name: 'Alder Works' };
  return { ownerOf, indexOf, client, sentences: await readSentences(app, world.alder), order };
}

/** Bodies of streams are lines of `data: {…}`. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text
      .split('\n')
      .filter((line) => line.startsWith('data: {'))
      .map((line) => JSON.parse(line.slice(6)) as unknown);
  }
}

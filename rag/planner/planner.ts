import type { AnswerEvent } from '#contracts/der-iq';
import { moduleNames } from '#contracts/modules';
import { isDeidentified, notHeld, visibilityOf, type Scope } from '#domain/identity';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import type { Guard, GuardedAnswer } from '#warehouse';
import type { Answerer, Asked } from '../answerer.ts';
import type { Retrieval } from '../retrieval/retrieve.ts';
import { exampleQuestions, families, type Family } from './families/all.ts';
import type { Cell, Plan, Rows } from './families/family.ts';
import { usesAll } from './families/uses.ts';
import { lawFamilies, searched, type LawAsked } from './families/law.ts';
import { follow, isFollowUp } from './follow.ts';
import { ground, type GroundDeps, type Grounded } from './grounding/ground.ts';

export interface PlannerDeps extends GroundDeps {
  readonly guard: Pick<Guard, 'runGuarded'>;
  /** Opened when the law is first asked. */
  readonly retrieval: () => Promise<Pick<Retrieval, 'search'>>;
  readonly clock: Clock;
}

/**
 * The assistant without a model: reads the question with a grammar, answers it by guarded SQL or from the corpus, asks
 * back when it can mean several people, and says plainly what it does not understand. Errors of a lost engine pass.
 */
export function createPlanner(deps: PlannerDeps): Answerer {
  return async function* answer(asked) {
    const startMs = deps.clock.nowMs();
    let family: string | null = null;
    for await (const [name, event] of pieces(deps, asked)) {
      family = name;
      yield event;
    }
    yield { type: 'done', family, tookMs: Math.max(0, deps.clock.nowMs() - startMs) };
  };
}

/** A piece with the family that it is from; null: no family. */
type Piece = readonly [string | null, AnswerEvent];

async function* pieces(deps: PlannerDeps, asked: Asked): AsyncGenerator<Piece> {
  try {
    yield* understood(deps, asked);
  } catch (error) {
    if (
      !(error instanceof PlumblineError) ||
      !error.code.startsWith('warehouse.') ||
      error.kind === 'unavailable'
    )
      throw error;
    yield [null, error.kind === 'forbidden' ? denied(null, error.detail) : cannot(error.detail)];
  }
}

async function* understood(deps: PlannerDeps, asked: Asked): AsyncGenerator<Piece> {
  const { question, scope } = asked;
  const search: LawAsked['search'] = async (...ask) => (await deps.retrieval()).search(...ask);
  const lawAsked = { question, scope, search, examples: exampleQuestions };
  const law = lawFamilies.find((family) => family.fits(question));
  if (law !== undefined) {
    for (const event of await law.answer(lawAsked)) yield [law.name, event];
    return;
  }
  const grounded = await groundWithHistory(deps, asked);
  const choice = choose(grounded);
  if (choice !== null) {
    for await (const event of told(deps, asked, grounded, choice)) yield [choice.name, event];
    return;
  }
  for (const event of (await searched(lawAsked, /^\W*what (?:is|are|does)\b/i.test(question))) ?? [
    notUnderstood(grounded),
  ])
    yield [event.type === 'cannot' ? null : 'law.question', event];
}

/** A question of so few words that says nothing by itself leans on the one before it. */
const shortest = 4;

async function groundWithHistory(deps: PlannerDeps, asked: Asked): Promise<Grounded> {
  const { scope, question, history, signal } = asked;
  const ask = (text: string) =>
    ground(deps, {
      scope,
      question: text,
      nowMs: deps.clock.nowMs(),
      ...(signal === undefined ? {} : { signal }),
    });
  const now = await ask(question);
  const before = history.findLast(({ by }) => by === 'asker');
  if (before === undefined) return now;
  const isShort = now.reading.marked.words.length <= shortest && choose(now) === null;
  return isFollowUp(question) || isShort ? follow(await ask(before.text), now) : now;
}

/** The family that fits best; null when a word is not understood, for an answer must not leave a condition out. */
function choose(grounded: Grounded): Family | null {
  if (grounded.unknown.length > 0) return null;
  const isOfPerson = grounded.people.length > 0;
  const fitting = families
    .filter((family) => family.ofPerson === isOfPerson && usesAll(family.name, grounded.reading))
    .map((family) => ({ family, fit: family.fits(grounded) }))
    .filter(({ fit }) => fit > 0);
  return fitting.toSorted((a, b) => b.fit - a.fit)[0]?.family ?? null;
}

async function* told(
  deps: PlannerDeps,
  asked: Asked,
  grounded: Grounded,
  family: Family,
): AsyncGenerator<AnswerEvent> {
  const { scope, question, signal } = asked;
  if (grounded.people.length > 1) return yield whoOf(grounded);
  if (grounded.locationIds?.length === 0)
    return yield cannot('None of the locations that you see is in that State.');
  const plan = family.plan(grounded);
  const missing = whyNot(scope, plan, grounded);
  if (missing !== null) return yield missing;
  const answer = await deps.guard.runGuarded({
    scope,
    sql: plan.sql,
    question,
    ...(signal === undefined ? {} : { signal }),
  });
  yield* shown(plan, answer);
}

function* shown(plan: Plan, answer: GuardedAnswer): Generator<AnswerEvent> {
  const rows: Rows = answer.rows.map((row) => row.map(cellOf));
  yield { type: 'sql', asked: plan.sql, ran: answer.sqlAsRun, limitedToScope: answer.limitedTo };
  const said = answer.truncated
    ? `More than ${rows.length.toLocaleString('en-US')} rows; these are the first.`
    : plan.say(rows);
  yield { type: 'text', delta: said };
  if (rows.length > 0) {
    yield {
      type: 'table',
      columns: [...answer.columns],
      rows: rows.map((row) => [...row]),
      truncated: answer.truncated,
    };
    if (plan.chart !== undefined) yield { type: 'chart', ...plan.chart, y: [...plan.chart.y] };
  }
  yield* plan.after?.(rows) ?? [];
}

function cellOf(value: unknown): Cell {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  return value === undefined ? null : JSON.stringify(value);
}

/** Denied is not empty: what the sight does not hold would come back as no rows or as blanks. */
function whyNot(scope: Scope, plan: Plan, { places, locationIds }: Grounded): AnswerEvent | null {
  const module = plan.needs?.find((each) => visibilityOf(scope, each) !== 'full');
  if (module !== undefined && scope.ownEmployeeId === null)
    return denied(
      `view ${module}`,
      `You need the right to view ${moduleNames[module]} (view) for this; ${notHeld(scope)}.`,
    );
  const byPlace =
    plan.needsPlaces === true || locationIds !== null || places.some(({ kind }) => kind !== 'division');
  if (byPlace && isDeidentified(scope))
    return denied(null, 'You see data without who it is about; locations and job roles are left out of it.');
  return null;
}

const denied = (right: string | null, words: string): AnswerEvent => ({ type: 'denied', right, words });
const cannot = (words: string): AnswerEvent => ({ type: 'cannot', words, can: exampleQuestions.slice(0, 4) });

/** As many as a person reads before saying the name in full. */
const mostChoices = 8;

function whoOf({ people, namedBy, reading }: Grounded): AnswerEvent {
  const choices = people.slice(0, mostChoices).map(({ employeeId, name, location, jobRole }) => ({
    label: [name, jobRole, location].filter((part) => part !== '').join(' · '),
    ask: withPerson(reading.text, namedBy, `${name} (${employeeId})`),
  }));
  const more =
    people.length > mostChoices
      ? ` There are ${people.length}; say the full name if it is none of these.`
      : '';
  const isPartial = !people.some(({ name }) =>
    namedBy.every((word) => name.toLowerCase().split(' ').includes(word)),
  );
  const nobody = isPartial ? `Among the people you see nobody is called ${namedBy.join(' ')}. ` : '';
  return { type: 'clarify', question: `${nobody}Whom do you mean?${more}`, choices };
}

/** The question with the words that were taken for a name replaced by one person. */
function withPerson(text: string, namedBy: readonly string[], person: string): string {
  const [first, ...rest] = namedBy.toSorted(
    (a, b) => text.toLowerCase().indexOf(a) - text.toLowerCase().indexOf(b),
  );
  if (first === undefined) return `${text} ${person}`;
  const without = rest.reduce((left, word) => withInstead(left, ` ${word}`, ''), text);
  return withInstead(without, first, person);
}

/** The text with another word in the first place of one, whatever its case. */
function withInstead(text: string, word: string, other: string): string {
  const at = text.toLowerCase().indexOf(word.toLowerCase());
  return at < 0 ? text : `${text.slice(0, at)}${other}${text.slice(at + word.length)}`;
}

function notUnderstood({ unknown, reading }: Grounded): AnswerEvent {
  const asksOfPerson = ['why', 'status', 'next', 'where', 'history', 'last'].some((want) =>
    [...reading.wants].some((each) => each === want),
  );
  const names = unknown.filter((word) => /^\p{Lu}/u.test(word));
  if (asksOfPerson && names.length > 0)
    return cannot(`Among the people you see nobody is called ${names.join(' ')}.`);
  if (unknown.length > 0)
    return cannot(
      `I do not understand ${unknown.map((word) => `“${word}”`).join(', ')} here, and an answer that leaves it out could be wrong.`,
    );
  return cannot('I understand the words but not what is asked.');
}

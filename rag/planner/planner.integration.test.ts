import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerEventSchema } from '#contracts/der-iq';
import type { Role } from '#contracts/roles';
import { authorize, type Scope } from '#domain/identity';
import type { ClickHouse } from '#platform/clickhouse';
import { createFrozenClock, systemClock } from '#platform/clock';
import { randomIds } from '#platform/ids';
import type { Postgres } from '#platform/postgres';
import { openTestClickHouse } from '../../tests/support/clickhouse.ts';
import { openTestDatabase } from '../../tests/support/database.ts';
import { askGolden, judge, type EvaluationDeps } from '../evaluation/assistant/evaluate.ts';
import { readGolden } from '../evaluation/assistant/golden.ts';
import { findLeaks } from '../evaluation/assistant/leaks.ts';
import { openTrialPlanner } from '../evaluation/assistant/trial.ts';
import { trialViewer } from '../evaluation/assistant/viewer.ts';
import { familyNames } from './families/all.ts';

const goldens = readGolden(
  readFileSync(new URL('../evaluation/assistant/golden.jsonl', import.meta.url), 'utf8'),
);
// The warehouse forgets what is too old, so the made-up rows are relative to today.
const clock = createFrozenClock(`${systemClock.now().slice(0, 10)}T12:00:00.000Z`);
const patience = 180_000;

let clickhouse: ClickHouse;
let postgres: Postgres;
let deps: EvaluationDeps;

const scopeOf = (role: Role | null): Scope =>
  role === 'BillingAdmin'
    ? authorize(trialViewer(role), 'view', 'billing')
    : authorize(trialViewer(role), 'see', 'any-module');

const seesMasked = ({ role }: Scope): boolean => role === 'DER';

beforeAll(async () => {
  clickhouse = await openTestClickHouse();
  postgres = await openTestDatabase();
  const { planner } = await openTrialPlanner({ clickhouse, postgres, clock, ids: randomIds, seesMasked });
  deps = { planner, clickhouse, scopeOf, nowMs: clock.nowMs() };
}, patience);
afterAll(async () => {
  await clickhouse.close();
  await postgres.close();
});

describe('golden questions', () => {
  test(
    'at least 95 of 100 are right, and every number is that of the second query',
    async () => {
      const judged = [];
      for (const golden of goldens) judged.push(await judge(deps, golden));
      const wrong = judged.filter(({ right }) => !right);
      const ofLaw = wrong.filter(({ golden }) => golden.cites !== undefined);
      expect(
        wrong.filter((each) => !ofLaw.includes(each)).map(({ golden, why }) => `${golden.question}: ${why}`),
      ).toEqual([]);
      expect(judged.length - wrong.length).toBeGreaterThanOrEqual(0.95 * judged.length);
    },
    patience,
  );

  test('each family that is claimed has one', () => {
    const asked = new Set(goldens.map(({ family }) => family));
    expect(familyNames.filter((name) => !asked.has(name))).toEqual([]);
  });
});

describe('leaks', () => {
  test.each(['SiteSupervisor', 'SafetyManager', 'Auditor', 'BillingAdmin', null] as const)(
    '%s is told nothing that is not for them',
    async (role) => {
      expect(
        await findLeaks(
          deps,
          role,
          goldens.filter((_, at) => at % 5 === 0),
        ),
      ).toEqual([]);
    },
    patience,
  );
});

const ask = (question: string, role: Role | null = 'CompanyAdmin') =>
  askGolden(deps, scopeOf(role), { question });

describe('an answer', () => {
  test('is made of events of the contract and ends with done', async () => {
    const events = await ask('Why is Grace Haddad red?');
    expect(events.map((event) => answerEventSchema.parse(event).type).at(-1)).toBe('done');
    expect(events.some(({ type }) => type === 'citation')).toBe(true);
  });

  test('says what the scope left out', async () => {
    const events = await ask('Who is red?', 'SiteSupervisor');
    const sql = events.find(({ type }) => type === 'sql');
    expect(sql).toMatchObject({ limitedToScope: expect.stringContaining('Limited to your scope') });
  });

  test('names of places and people are taken as texts, whatever stands in them', async () => {
    const events = await ask("Why is Grace' OR 1=1 -- red?");
    expect(events.map(({ type }) => type)).not.toContain('table');
  });

  test('a choice that is offered can be asked as it stands', async () => {
    const [first] = await ask('Why is Maria red?');
    const choice = first?.type === 'clarify' ? first.choices[0] : undefined;
    const types = (await ask(choice?.ask ?? '')).map(({ type }) => type);
    expect(types).toContain('table');
    expect(types).not.toContain('clarify');
  });

  test('nothing is answered when a word is not understood', async () => {
    expect((await ask('Who is red on a boat?')).map(({ type }) => type)).toEqual(['cannot', 'done']);
  });
});

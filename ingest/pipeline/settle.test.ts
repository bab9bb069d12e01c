import { describe, expect, test } from 'vitest';
import type { EmployeeId } from '#contracts/ids';
import { PlumblineError } from '#platform/errors';
import type { NewRecord } from '#platform/event-log';
import { createCountingIds } from '#platform/ids';
import { make, ref, subjectOf } from '../draft.ts';
import type { NewDeadLetter } from '../fates/fates.ts';
import type { Outcome } from '../source.ts';
import { createSilentMeter } from '#platform/telemetry';
import { createMeasures } from '../measures.ts';
import type { Newcomer } from '#domain/people';
import { createSettle, type Judged, type LearnedLink, type SettleDeps } from './settle.ts';

const ids = createCountingIds();
const tenantId = ids.next('tenant');
const endpointId = ids.next('endpoint');
const ada = ids.next('employee');
const eve = ids.next('employee');

function judged(
  outcomes: readonly Outcome[],
  matched: Record<string, EmployeeId> = {},
  admitsPeople = false,
): Judged {
  const value = Buffer.from('{}');
  const arrival = {
    record: { topic: 'raw.checkr', key: 'k', value, headers: {}, partition: 0, offset: 1n, appendedAtMs: 0 },
    tenantId,
    endpointId,
    vendor: 'checkr',
    receivedAt: '2026-11-20T12:00:00.000Z',
    rawRef: 'raw.checkr/0/1',
    deliveryKey: 'd',
    admitsPeople,
    matched,
  };
  return { arrival, outcomes };
}

function cleared(candidate: string, dedupeKey = candidate): Outcome {
  return make.background(
    'report.cleared',
    {},
    {
      subjectRef: `checkr:${candidate}`,
      occurredAt: '2026-11-20T11:00:00.000Z',
      dedupeKey,
      subject: subjectOf({ refs: [ref('checkr.candidate', candidate)] }),
    },
  );
}

/** Ports that keep what they are given; `known` maps candidates to employees. */
function open(
  known: Record<string, EmployeeId>,
  refuse: (candidates: string[]) => Error | null = () => null,
) {
  const seen = {
    records: [] as NewRecord[],
    letters: [] as NewDeadLetter[],
    links: [] as LearnedLink[],
    asked: 0,
    admitted: [] as Newcomer[],
  };
  const deps: SettleDeps = {
    log: {
      append: (records) => {
        seen.records.push(...records);
        return Promise.resolve();
      },
    },
    matchEmployees: (_tenant, subjects) => {
      seen.asked += 1;
      const candidates = subjects.map((subject) => subject.refs[0]?.value ?? '');
      const error = refuse(candidates);
      return error ? Promise.reject(error) : Promise.resolve(candidates.map((one) => known[one] ?? null));
    },
    admitPeople: (_tenant, _vendor, newcomers) => {
      seen.admitted.push(...newcomers);
      return Promise.resolve(newcomers.map(({ number }) => (number === 'taken' ? null : eve)));
    },
    learnReferences: (_tenant, links) => {
      seen.links.push(...links);
      return Promise.resolve();
    },
    measures: createMeasures(createSilentMeter()),
    fates: {
      file: (_tenant, { deadLetters }) => {
        seen.letters.push(...deadLetters);
        return Promise.resolve();
      },
    },
  };
  return { seen, settle: createSettle(deps) };
}

const keysOf = (records: readonly NewRecord[]) =>
  records.map(
    (record) =>
      (JSON.parse(Buffer.from(record.value).toString()) as { source: { dedupeKey: string } }).source
        .dedupeKey,
  );

test('a whole batch asks for its people once, each subject once', async () => {
  const { seen, settle } = open({ c1: ada });
  await settle([judged([cleared('c1', 'a'), cleared('c1', 'b')]), judged([cleared('c1', 'c')])]);
  expect([seen.asked, keysOf(seen.records)]).toEqual([1, ['a', 'b', 'c']]);
  await settle([judged([cleared('c1', 'd')])]);
  expect(seen.links).toEqual([
    { system: 'checkr.candidate', value: 'c1', employeeId: ada, vendor: 'checkr' },
  ]);
});

test('a body that the database refuses is taken out alone; those around it go on', async () => {
  const { seen, settle } = open({ c1: ada, c2: ada, c3: ada }, (candidates) =>
    candidates.includes('poison') ? new Error('date/time field value out of range') : null,
  );
  await settle([
    judged([cleared('c1')]),
    judged([cleared('poison')]),
    judged([cleared('c2')]),
    judged([cleared('c3')]),
  ]);
  expect(keysOf(seen.records).toSorted()).toEqual(['c1', 'c2', 'c3']);
  expect(seen.letters.map((letter) => [letter.reason, letter.subject])).toEqual([['settle_failed', null]]);
});

test('an engine that is away brings the whole batch again', async () => {
  const away = new PlumblineError({ kind: 'unavailable', code: 'postgres.unavailable', detail: 'away' });
  const { seen, settle } = open({ c1: ada }, () => away);
  await expect(settle([judged([cleared('c1')]), judged([cleared('c2')])])).rejects.toBe(away);
  expect([seen.records, seen.letters]).toEqual([[], []]);
});

test('what a person decided needs no match', async () => {
  const { seen, settle } = open({});
  await settle([judged([cleared('nobody', 'k')], { k: ada })]);
  expect([seen.asked, keysOf(seen.records)]).toEqual([0, ['k']]);
});

test('a message about nobody says so, and one that names nobody says that', async () => {
  const { seen, settle } = open({});
  const nameless = make.background(
    'dispute.closed',
    {},
    { subjectRef: 'x', occurredAt: '2026-11-20T11:00:00.000Z', dedupeKey: 'n', subject: subjectOf({}) },
  );
  await settle([judged([cleared('c9'), nameless])]);
  expect(seen.letters.map((letter) => letter.reason)).toEqual(['employee_unknown', 'person_missing']);
});

const subject = (number: string) =>
  subjectOf({ refs: [ref('bamboohr.employee', `b-${number}`)], firstName: 'Eve', lastName: 'Quarry' });

const at = (number: string, part: string) => ({
  subjectRef: `bamboohr:b-${number}`,
  occurredAt: '2026-11-20T11:00:00.000Z',
  version: 0,
  dedupeKey: `${number}:${part}`,
  subject: subject(number),
});
const hired = (number: string) =>
  make.people(
    'employee.hired',
    {
      startOn: '2026-11-20',
      phase: 'active',
      profile: { externalId: number, firstName: 'Eve', lastName: 'Quarry' },
    },
    at(number, 'hired'),
  );
const left = make.people('employee.terminated', { on: '2026-11-30' }, at('HP-9', 'left'));

describe('someone whom nobody knows', () => {
  test('is added when the authority on who works here hires them, with what else the body says', async () => {
    const { seen, settle } = open({});
    await settle([judged([hired('HP-9'), left], {}, true)]);
    expect(seen.admitted).toMatchObject([
      { number: 'HP-9', lastName: 'Quarry', refs: [{ value: 'b-HP-9' }] },
    ]);
    expect(seen.records.map((record) => record.key)).toEqual([eve, eve]);
    expect(seen.letters).toEqual([]);
  });

  test('is a dead letter from anybody else, and without a number or a free one', async () => {
    const { seen, settle } = open({});
    await settle([judged([hired('HP-9')])]);
    await settle([judged([left, cleared('cand-9')], {}, true)]);
    expect(seen.admitted).toEqual([]);
    await settle([judged([hired('taken')], {}, true)]);
    expect(seen.records).toEqual([]);
    expect(seen.letters.map((letter) => letter.reason)).toEqual(
      Array.from({ length: 4 }, () => 'employee_unknown'),
    );
    expect(seen.letters.at(-1)?.detail).toContain('needs an employee number of their own');
  });
});

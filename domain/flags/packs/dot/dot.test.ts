import { describe, expect, test } from 'vitest';
import type { ComplianceEvent } from '#contracts/compliance-event';
import type { PersonFacts } from '#contracts/person-facts';
import { fold } from '#domain/dot';
import { eventMaker } from '../../../../tests/support/module-events.ts';
import { at, vectorPerson, verdict, type VectorInput } from '../../../../tests/support/rule-vectors.ts';
import { compilePack } from '../../pack.ts';
import { dotPack } from './index.ts';
import { qualificationFile } from './qualification-file.ts';

const make = eventMaker('dot');
const driver = (over: Partial<PersonFacts> = {}) =>
  vectorPerson({ requirements: { dot: { class: 'CI', intracityZone: false } }, ...over });

function paper(kind: string, on: string, over: Record<string, unknown> = {}): ComplianceEvent[] {
  const ref = `doc-${kind}`;
  const base = { documentKind: kind };
  return [
    make('document.uploaded', ref, on, { ...base, uploadedAt: `${on}T15:00:00.000Z` }),
    make('document.read', ref, on, { ...base, confidence: 0.97 }),
    make('document.verified', ref, on, { ...base, on, expiresOn: null, verifiedBy: 'usr_1', ...over }),
  ];
}
const licence = (over: Record<string, unknown> = {}, readOn = '2025-12-15') =>
  make('licence.reported', 'licence:TX', readOn, {
    state: 'TX',
    numberLast4: '1234',
    kind: 'cdl',
    licenceClass: 'A',
    endorsements: [],
    restrictions: [],
    status: 'valid',
    privilegeToDrive: 'valid',
    issuedOn: '2023-01-10',
    expiresOn: '2029-01-10',
    actions: [],
    readOn,
    via: 'mvr',
    ...over,
  });
const certificate = (over: Record<string, unknown> = {}, on = '2025-09-01', ref = 'med-1') =>
  make('medical.certificate_recorded', ref, on, {
    examOn: on,
    issuedOn: on,
    expiresOn: '2027-09-01',
    basis: 'standard',
    result: 'qualified',
    varianceTo: null,
    from: 'examiner',
    examinerOnRegistry: true,
    ...over,
  });
const cdlis = (status = 'certified', readOn = '2025-09-05') =>
  make('cdlis.status_read', 'cdlis', readOn, { status, readOn });
const answer = (ref: string, instant: string, outcome: string) =>
  make('query.result_reported', ref, instant, { outcome, reportedAt: instant });
const submit = (ref: string, instant: string, queryType: string) =>
  make('query.submitted', ref, instant, { queryType, submittedAt: instant, consentOnFile: true });

/** Everything in order from 2026-01 to mid November 2026, without medical events and the yearly query. */
const fileInOrder = [
  ...paper('application', '2021-01-20'),
  ...paper('road_test', '2021-01-25', { roadTestBasis: 'cdl' }),
  make('history.recorded', 'h1', '2021-02-10', {
    kind: 'safety',
    outcome: 'received',
    on: '2021-02-10',
    employer: null,
  }),
  make('history.recorded', 'h2', '2021-02-10', {
    kind: 'drug_alcohol',
    outcome: 'received',
    on: '2021-02-10',
    employer: null,
  }),
  make('mvr.received', 'm0', '2021-02-05', { state: 'TX', obtainedOn: '2021-02-05', purpose: 'initial' }),
  make('review.recorded', 'r1', '2025-12-20', { on: '2025-12-20', reviewer: 'J. Reviewer' }),
  submit('q0', '2021-01-30T15:00:00.000Z', 'pre_employment'),
  answer('q0', '2021-01-30T16:00:00.000Z', 'not_prohibited'),
];
const inOrder = [...fileInOrder, licence()];
const yearlyQuery = [
  submit('q1', '2025-12-15T15:00:00.000Z', 'limited'),
  answer('q1', '2025-12-16T09:00:00.000Z', 'limited_clean'),
];
const medical = [certificate(), cdlis()];

function decide(
  events: ComplianceEvent[],
  atMs: number,
  person = driver(),
  more: Partial<VectorInput<never>> = {},
) {
  return verdict({ ...more, pack: dotPack, record: fold(events), person, atMs });
}

describe('the qualification file, 391.51', () => {
  const pack = compilePack(dotPack);
  const fileAt = (events: ComplianceEvent[], day: string, person = driver()) => {
    const items = qualificationFile({ pack, record: fold(events), person, atMs: at(`${day}T12:00`) });
    return Object.fromEntries(
      (items ?? []).map(({ id, state, until }) => [id, until === null ? state : `${state} ${until}`]),
    );
  };

  test('in order, item by item, with the last good day of what ends', () => {
    expect(fileAt([...inOrder, ...medical], '2026-03-01')).toEqual({
      application: 'present',
      'initial-mvr': 'present',
      'road-test': 'present',
      'yearly-mvr': 'present 2026-12-15',
      'yearly-review': 'present 2026-12-20',
      medical: 'present 2027-09-01',
      cdlis: 'present',
      variance: 'not_required',
      registry: 'not_required',
      'safety-history': 'present',
    });
  });

  test('runs out as the rules do: the certificate warns from 90 days, is good through its day, and late after', () => {
    const events = [...inOrder, certificate({ expiresOn: '2026-03-15' }), cdlis()];
    expect(fileAt(events, '2025-12-14').medical).toBe('present 2026-03-15');
    expect(fileAt(events, '2025-12-16').medical).toBe('expiring 2026-03-15');
    expect(fileAt(events, '2026-03-15').medical).toBe('expiring 2026-03-15');
    expect(fileAt(events, '2026-03-16').medical).toBe('late 2026-03-15');
  });

  test('nothing on file: graces run from employment, the rest is missing; nobody else has such a file', () => {
    const fresh = driver({ periods: [{ from: '2026-02-20', to: null }] });
    expect(fileAt([], '2026-03-01', fresh)).toMatchObject({
      application: 'missing',
      'initial-mvr': 'due 2026-03-22',
      'safety-history': 'due 2026-03-22',
      medical: 'missing',
      cdlis: 'missing',
    });
    expect(fileAt([], '2026-03-23', fresh)['initial-mvr']).toBe('missing');
    const input = { pack, record: null, atMs: at('2026-03-01T12:00') };
    expect(qualificationFile({ ...input, person: vectorPerson({ requirements: {} }) })).toBeNull();
    const intrastate = vectorPerson({ requirements: { dot: { class: 'CX', intracityZone: false } } });
    expect(qualificationFile({ ...input, person: intrastate })).toBeNull();
  });

  test('names the events behind each paper, so that a reader can open them', () => {
    const events = [...inOrder, ...medical];
    const items = qualificationFile({
      pack,
      record: fold(events),
      person: driver(),
      atMs: at('2026-03-01T12:00'),
    });
    const cited = items?.filter((one) => one.state === 'present').flatMap((one) => one.eventIds) ?? [];
    expect(cited.length).toBeGreaterThan(6);
    expect(cited.every((id) => events.some((event) => event.id === id))).toBe(true);
  });
});

describe('worked examples', () => {
  const c1 = [...inOrder, ...yearlyQuery, certificate({ expiresOn: '2026-03-15' }), cdlis()];
  test('C1 a certificate serves through the end of its printed day', () => {
    expect(decide(c1, at('2026-03-15T23:30'))).toEqual({
      flag: 'Y',
      rules: ['DT06'],
      next: '2026-03-16T05:00Z R!',
    });
    expect(decide(c1, at('2026-03-16T00:00'))).toEqual({ flag: 'R!', rules: ['DT06'], next: null });
  });

  test('C2 in the zone of the home terminal', () => {
    const person = driver({ zone: 'America/Los_Angeles' });
    expect(decide(c1, Date.parse('2026-03-16T06:30:00Z'), person)).toEqual({
      flag: 'Y',
      rules: ['DT06'],
      next: '2026-03-16T07:00Z R!',
    });
  });

  test('C3 24 months from the exam, clamped, beat a later printed end', () => {
    const events = [
      ...inOrder,
      ...yearlyQuery,
      certificate({ expiresOn: '2026-03-01' }, '2024-02-29'),
      cdlis(),
    ];
    expect(decide(events, at('2026-02-28T12:00'))).toEqual({
      flag: 'Y',
      rules: ['DT06'],
      next: '2026-03-01T06:00Z R!',
    });
  });

  test('C4 insulin: 12 months whatever is printed', () => {
    const events = [
      ...inOrder,
      ...yearlyQuery,
      certificate({ basis: 'insulin', expiresOn: '2027-06-10' }, '2025-06-10'),
      cdlis(),
    ];
    expect(decide(events, at('2026-06-11T00:00'))).toEqual({ flag: 'R!', rules: ['DT06'], next: null });
  });

  test('C5 paper relief of 60 days while CDLIS does not certify', () => {
    const events = [
      ...inOrder,
      ...yearlyQuery,
      certificate({ from: 'paper', expiresOn: '2028-05-04' }, '2026-05-04'),
      cdlis('not_certified', '2026-05-18'),
    ];
    expect(decide(events, at('2026-05-20T12:00'))).toEqual({
      flag: 'Y',
      rules: ['DT07'],
      next: '2026-07-04T05:00Z R!',
    });
    const off = { overrides: { parameters: { DT07: { paperRelief: false } } } };
    expect(decide(events, at('2026-05-20T12:00'), driver(), off)).toMatchObject({
      flag: 'R!',
      rules: ['DT07'],
    });
  });

  test('C6 "certified" in CDLIS does not extend the certificate', () => {
    const events = [
      ...inOrder,
      ...yearlyQuery,
      certificate({ expiresOn: '2026-04-30' }),
      cdlis('certified', '2026-05-02'),
    ];
    expect(decide(events, at('2026-05-03T12:00'))).toEqual({ flag: 'R!', rules: ['DT06'], next: null });
  });

  test('C7 a limited hit gives 24 hours, consent pending does not stop them', () => {
    const hit = '2026-06-02T14:00:00.000Z';
    const events = [
      ...inOrder,
      ...medical,
      submit('q2', '2026-06-01T20:00:00.000Z', 'limited'),
      answer('q2', hit, 'limited_hit'),
      make('query.full_requested', 'q2', '2026-06-02T15:00:00.000Z', {
        requestedAt: '2026-06-02T15:00:00.000Z',
      }),
    ];
    expect(decide(events, at('2026-06-02T20:00'))).toEqual({
      flag: 'Y',
      rules: ['DT03'],
      next: '2026-06-03T14:00Z R!',
    });
    expect(decide(events, at('2026-06-03T09:00'))).toMatchObject({ flag: 'R!', rules: ['DT03'] });
    const cleared = [...events, answer('q2', '2026-06-04T15:00:00.000Z', 'not_prohibited')];
    expect(decide(cleared, at('2026-06-04T12:00'))).toMatchObject({ flag: 'G', rules: ['DT19'] });
  });

  test('C8 "driver not found" is no query: the year goes on', () => {
    const events = [
      ...inOrder,
      ...medical,
      submit('q2', '2025-07-19T20:00:00.000Z', 'limited'),
      answer('q2', '2025-07-20T15:00:00.000Z', 'limited_clean'),
      submit('q3', '2026-07-07T20:00:00.000Z', 'limited'),
      answer('q3', '2026-07-08T15:00:00.000Z', 'not_found'),
    ];
    expect(decide(events, at('2026-07-10T12:00'))).toEqual({
      flag: 'Y',
      rules: ['DT14', 'DT15'],
      next: '2026-07-21T05:00Z R',
    });
  });

  test('C9 initial MVR by 30 days after employment', () => {
    const events = [
      ...inOrder.filter((event) => !['mvr.received', 'licence.reported'].includes(event.type)),
      licence({ via: 'hr' }, '2026-01-05'),
      ...yearlyQuery,
      ...medical,
    ];
    const person = driver({ periods: [{ from: '2026-01-10', to: null }] });
    expect(decide(events, at('2026-02-09T12:00'), person)).toEqual({
      flag: 'Y',
      rules: ['DT11'],
      next: '2026-02-10T06:00Z R',
    });
  });

  test('C10 an office worker has no DOT flag', () => {
    const office = vectorPerson();
    expect(verdict({ pack: dotPack, record: null, person: office, atMs: at('2026-03-01T12:00') })).toEqual({
      flag: '-',
      rules: [],
      next: null,
    });
  });

  test('C11 "not qualified" voids the older certificate', () => {
    const events = [
      ...inOrder,
      ...yearlyQuery,
      certificate({ expiresOn: '2027-01-15' }, '2025-01-15'),
      cdlis(),
      certificate({ result: 'not_qualified', expiresOn: null }, '2026-04-02', 'med-2'),
    ];
    expect(decide(events, at('2026-04-03T12:00'))).toEqual({ flag: 'R!', rules: ['DT05'], next: null });
  });

  test('C12 on leave a lapse waits for the return', () => {
    const events = [...inOrder, ...yearlyQuery, certificate({ expiresOn: '2026-04-30' }), cdlis()];
    const person = driver({ phase: 'leave', returnOn: '2026-06-15' });
    expect(decide(events, at('2026-05-10T12:00'), person)).toEqual({
      flag: 'Y!',
      rules: ['DT06'],
      next: '2026-06-15T05:00Z R!',
    });
  });
});

const duty = (reason: string) =>
  make('medical.re_examination_required', 'x1', '2026-05-01', { reason, on: '2026-05-01' });

describe('rows that no worked example shows', () => {
  const good = [...inOrder, ...yearlyQuery, ...medical];
  const noon = at('2026-05-20T12:00');

  test('everything in order is green until the first warning mark', () => {
    expect(decide(good, noon)).toEqual({ flag: 'G', rules: ['DT19'], next: '2026-11-15T06:00Z Y' });
  });

  test('DT01 a suspension stops, whatever the paper prints; the State ends it', () => {
    const action = { kind: 'suspension', code: 'D53', from: '2026-05-01', endedOn: null };
    const suspended = [...good, licence({ actions: [action] }, '2026-05-10')];
    expect(decide(suspended, noon)).toMatchObject({ flag: 'R!', rules: ['DT01'] });
    const ended = [...suspended, licence({ actions: [{ ...action, endedOn: '2026-05-25' }] }, '2026-05-15')];
    expect(decide(ended, noon)).toMatchObject({ flag: 'R!', next: '2026-05-26T05:00Z G' });
  });

  test('DT01 two licences, a licence that is no CDL, an unknown word', () => {
    const second = { ...licence({ state: 'OK' }, '2026-05-01'), subjectRef: 'licence:OK' };
    expect(decide([...good, second], noon)).toMatchObject({ flag: 'R!', rules: ['DT01', 'DT01'] });
    expect(decide([...good, licence({ kind: 'non_cdl' }, '2026-05-01')], noon).flag).toBe('R!');
    expect(decide([...good, licence({ status: 'unknown' }, '2026-05-01')], noon)).toMatchObject({
      flag: 'Y',
      rules: ['DT01'],
    });
  });

  test('DT02 prohibited and refused consent; only a later "not prohibited" lifts it', () => {
    const prohibited = [
      ...good,
      submit('q5', '2026-05-01T15:00:00.000Z', 'full'),
      answer('q5', '2026-05-01T16:00:00.000Z', 'prohibited'),
    ];
    expect(decide(prohibited, noon)).toMatchObject({ flag: 'R!', rules: ['DT02'] });
    const refused = [
      ...good,
      submit('q5', '2026-05-01T15:00:00.000Z', 'full'),
      make('query.consent_refused', 'q5', '2026-05-02', { at: '2026-05-02T15:00:00.000Z' }),
    ];
    expect(decide(refused, noon)).toMatchObject({ flag: 'R!', rules: ['DT02'] });
    const cleared = [
      ...prohibited,
      submit('q6', '2026-05-10T15:00:00.000Z', 'full'),
      answer('q6', '2026-05-10T16:00:00.000Z', 'not_prohibited'),
    ];
    expect(decide(cleared, noon).flag).toBe('G');
  });

  test('DT04 and DT08 hold an applicant in yellow', () => {
    const applicant = driver({
      phase: 'applicant',
      periods: [{ from: '2026-05-25', to: null }],
      safetySensitiveFirstAt: null,
    });
    expect(decide([], noon, applicant)).toMatchObject({
      flag: 'Y!',
      rules: ['DT04', 'DT08', 'DT11'],
    });
  });

  test('DT04 anew after a break in employment', () => {
    const rehired = driver({
      periods: [
        { from: '2021-02-01', to: '2026-03-01' },
        { from: '2026-05-01', to: null },
      ],
    });
    expect(decide(good, noon, rehired).rules).toContain('DT04');
  });

  test('DT09 impaired ability holds; a new examination lifts it', () => {
    expect(decide([...good, duty('impaired_ability')], noon)).toMatchObject({ flag: 'Y!', rules: ['DT09'] });
    expect(decide([...good, duty('severe_hypoglycaemia')], noon)).toMatchObject({
      flag: 'R!',
      rules: ['DT09-SEVERE'],
    });
    const examined = certificate({ expiresOn: '2028-05-05' }, '2026-05-05', 'med-9');
    expect(decide([...good, duty('impaired_ability'), examined], noon).flag).toBe('G');
  });

  test('DT15 a full query that waits for consent is no query yet', () => {
    const waiting = [
      ...good,
      submit('q7', '2026-05-18T15:00:00.000Z', 'full'),
      make('query.processing', 'q7', '2026-05-19', { consentPending: true }),
    ];
    expect(decide(waiting, noon)).toMatchObject({ flag: 'Y', rules: ['DT15'] });
    const consented = make('query.consent_given', 'q7', '2026-05-20', { at: '2026-05-20T15:00:00.000Z' });
    expect(decide([...waiting, consented], noon).flag).toBe('G');
  });

  test('DT16 an unclear conviction waits for a person, once, however often the State reports it', () => {
    const conviction = { kind: 'conviction', code: 'S92', from: '2026-04-02', endedOn: null, unclear: true };
    const convicted = [...good, licence({ actions: [conviction] }, '2026-05-01')];
    expect(decide(convicted, noon)).toMatchObject({ flag: 'Y', rules: ['DT16'] });
    const settled = make('conviction.settled', 'licence:TX', '2026-05-02', {
      state: 'TX',
      code: 'S92',
      from: '2026-04-02',
      disqualifying: false,
      settledBy: 'usr_1',
    });
    const again = licence({ actions: [conviction] }, '2026-05-10');
    expect(decide([...convicted, settled, again], noon).flag).toBe('G');
  });

  test('DT01 a new number in the same State replaces the old one; a State left long ago does not count', () => {
    const renumbered = { ...licence({ numberLast4: '9876' }, '2026-05-01'), subjectRef: 'licence:TX:9876' };
    expect(decide([...good, renumbered], noon).flag).toBe('G');
    const leftBehind = { ...licence({ state: 'OK', via: 'hr' }, '2024-05-01'), subjectRef: 'licence:OK' };
    expect(decide([leftBehind, ...good], noon).flag).toBe('G');
  });

  test('DT16 an uploaded paper waits for a person', () => {
    const upload = make('document.uploaded', 'doc-x', '2026-05-19', {
      documentKind: 'other',
      uploadedAt: '2026-05-19T15:00:00.000Z',
    });
    expect(decide([...good, upload], noon)).toMatchObject({ flag: 'Y', rules: ['DT16'] });
  });

  test('DT17 a furnished driver stands on the other carrier’s certificate', () => {
    const furnished = driver({ requirements: { dot: { class: 'FD', intracityZone: false } } });
    expect(decide([], noon, furnished)).toMatchObject({ flag: 'R!', rules: ['DT17-MISSING'] });
    const made = paper('furnished_certificate', '2024-06-10', { expiresOn: '2026-08-01' });
    expect(decide(made, noon, furnished)).toEqual({
      flag: 'Y',
      rules: ['DT17'],
      next: '2026-06-11T05:00Z R!',
    });
  });

  test('DT18 an open MVR order from a silent vendor is stale', () => {
    const ordered = make(
      'mvr.ordered',
      'o1',
      '2026-05-15',
      { state: 'TX', orderedAt: '2026-05-15T15:00:00.000Z' },
      { source: { vendor: 'checkr', endpointId: null, dedupeKey: 'x', rawRef: null } },
    );
    const sources = {
      checkr: { lastEventAtMs: at('2026-05-15T10:00'), failingSinceMs: null, silenceMs: 24 * 3_600_000 },
    };
    expect(decide([...good, ordered], noon, driver(), { sources })).toMatchObject({
      flag: 'S',
      rules: ['DT18'],
    });
    expect(decide(good, noon, driver(), { sources }).flag).toBe('G');
  });
});

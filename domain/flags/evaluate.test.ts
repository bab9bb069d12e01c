import { describe, expect, test } from 'vitest';
import type { PersonFacts } from '#contracts/person-facts';
import { compilePack, evaluate, readRules, shortText } from './index.ts';
import type { CompiledPack, PackDefinition, RuleInput } from './index.ts';
import { validThrough } from './calendar.ts';

/** A small pack of paper, permit and plan: every mechanism of the engine once, away from any module's law. */
interface Papers {
  endsOn?: string;
  from?: string;
  banned?: boolean | undefined;
  secret?: boolean;
}
const row = (over: Partial<RuleInput> & Pick<RuleInput, 'id' | 'condition'>): RuleInput => ({
  version: 1,
  module: 'dot',
  subject: 'person',
  basis: 'policy',
  citations: [],
  textAsOf: null,
  title: over.id,
  says: over.id,
  message: '',
  effectiveFrom: '2020-01-01',
  nature: 'lapse',
  appliesWhen: true,
  ...over,
});
const rules = readRules([
  row({
    id: 'XX01',
    nature: 'prohibition',
    short: 'Banned',
    condition: { when: { var: 'banned' }, gives: { flag: 'red', hold: true } },
  }),
  row({
    id: 'XX02',
    citations: ['49 CFR 1.2'],
    says: 'Paper: last good day {due}',
    message: 'Renew it',
    parameters: { warnDays: { value: 90, unit: 'days', basis: 'policy', min: 0, max: 120 } },
    condition: {
      deadline: {
        due: 'endsAt',
        markParameter: 'warnDays',
        marksDays: [60, 30],
        validFrom: 'fromAt',
        before: { flag: 'yellow', hold: false },
        after: { flag: 'red', hold: true },
      },
    },
  }),
  row({
    id: 'XX03',
    maskedWhen: true,
    condition: { when: { var: 'secret' }, gives: { flag: 'yellow', hold: false } },
  }),
  row({ id: 'XX09', nature: 'status', condition: { otherwise: { flag: 'green', hold: false } } }),
]);
const definition: PackDefinition<Papers> = {
  module: 'dot',
  combine: 'gravest',
  rules,
  signals: {
    endsAt: { kind: 'last_day', title: 'Last good day' },
    fromAt: { kind: 'instant', title: 'Valid from' },
    banned: { kind: 'yes_no', title: 'Banned' },
    secret: { kind: 'yes_no', title: 'Secret' },
  },
  derive: ({ record, person }) => ({
    signals: {
      endsAt: record?.endsOn ? validThrough(record.endsOn, person.zone) : null,
      fromAt: record?.from ? Date.parse(record.from) : null,
      banned: record && 'banned' in record ? record.banned : false,
      secret: record?.secret ?? false,
    },
  }),
};
const person: PersonFacts = {
  employeeId: 'emp_00000000000000000000000001' as PersonFacts['employeeId'],
  tenantId: 'ten_00000000000000000000000001' as PersonFacts['tenantId'],
  phase: 'active',
  periods: [{ from: '2020-01-01', to: null }],
  returnOn: null,
  birthDate: null,
  zone: 'America/Chicago',
  safetySensitiveFirstAt: null,
  jurisdiction: null,
  requirements: {},
};
const decide = (record: Papers, at: string, over: Partial<PersonFacts> = {}, pack?: CompiledPack) =>
  evaluate({
    atMs: Date.parse(at),
    person: { ...person, ...over },
    record,
    sources: {},
    otherFlags: {},
    pack: pack ?? compilePack(definition),
    backfillUntilMs: null,
  });

describe('evaluate', () => {
  test('a deadline warns at its mark, turns red the day after, in the zone of the person', () => {
    const paper = { endsOn: '2026-03-15' };
    expect(decide(paper, '2025-12-15T05:59:59.999Z').general).toMatchObject({
      flag: 'green',
      nextChangeAt: '2025-12-15T06:00:00.000Z',
      nextFlag: 'yellow',
    });
    expect(decide(paper, '2026-03-16T04:59:59.999Z').general).toMatchObject({
      flag: 'yellow',
      hold: false,
      nextChangeAt: '2026-03-16T05:00:00.000Z',
      nextFlag: 'red',
      nextHold: true,
    });
    const late = decide(paper, '2026-03-16T05:00:00Z').general;
    expect(late).toMatchObject({ flag: 'red', hold: true, nextChangeAt: null });
    expect(late.reasons[0]!.message).toBe('Paper: last good day 2026-03-15 (49 CFR 1.2). Renew it.');
  });

  test('a mark longer than half the validity is dropped', () => {
    const short = { endsOn: '2026-06-30', from: '2026-03-01T06:00:00Z' };
    expect(decide(short, '2026-05-01T12:00:00Z').general.flag).toBe('yellow');
    expect(decide(short, '2026-04-28T12:00:00Z').general.flag).toBe('green');
  });

  test('phases: applicant and leave soften a lapse but not a prohibition; terminated has no flag', () => {
    const lapsed = { endsOn: '2026-01-01' };
    const at = '2026-02-01T12:00:00Z';
    expect(decide(lapsed, at, { phase: 'applicant' }).general).toMatchObject({ flag: 'yellow', hold: true });
    expect(decide(lapsed, at, { phase: 'leave', returnOn: '2026-02-10' }).general).toMatchObject({
      flag: 'yellow',
      hold: true,
      nextChangeAt: '2026-02-10T06:00:00.000Z',
      nextFlag: 'red',
    });
    expect(decide({ banned: true }, at, { phase: 'leave' }).general.flag).toBe('red');
    expect(decide({ banned: true }, at, { phase: 'terminated' }).general).toMatchObject({
      flag: 'none',
      hold: false,
      reasons: [],
    });
  });

  test('an unknown value is never green', () => {
    const unknown = decide({ banned: undefined }, '2026-02-01T12:00:00Z').general;
    expect(unknown).toMatchObject({ flag: 'yellow', hold: false });
    expect(unknown.reasons[0]!.message).toContain('not decided');
  });

  test('masked reasons count only in the view of the DER', () => {
    const { general, der } = decide({ secret: true }, '2026-02-01T12:00:00Z');
    expect(general.flag).toBe('green');
    expect(der?.flag).toBe('yellow');
    expect(decide({}, '2026-02-01T12:00:00Z').der).toBeNull();
  });

  test('all reasons are kept, gravest first', () => {
    const both = decide({ banned: true, endsOn: '2026-03-15' }, '2026-03-01T12:00:00Z').general;
    expect(both.reasons.map((reason) => reason.ruleId)).toEqual(['XX01', 'XX02']);
  });

  test('the words of a cell', () => {
    const at = '2026-03-10T12:00:00Z';
    expect(shortText(decide({ endsOn: '2026-03-15' }, at).general, Date.parse(at))).toBe('in 6 d');
    expect(shortText(decide({ endsOn: '2026-03-01' }, at).general, Date.parse(at))).toBe('8 d late');
    expect(shortText(decide({ banned: true }, at).general, Date.parse(at))).toBe('Banned');
  });
});

/** The pack with other rules. */
const withRules = (...inputs: RuleInput[]): CompiledPack =>
  compilePack({ ...definition, rules: readRules(inputs) });
const green = row({ id: 'XX09', nature: 'status', condition: { otherwise: { flag: 'green', hold: false } } });
const banned = (over: Partial<RuleInput>) =>
  row({
    id: 'XX01',
    nature: 'prohibition',
    condition: { when: { var: 'banned' }, gives: { flag: 'red', hold: true } },
    ...over,
  });

describe('rules as data', () => {
  const at = '2026-03-10T12:00:00Z';

  test('a version decides from its day on, and the day is a change of its own', () => {
    const pack = withRules(
      banned({ version: 1, condition: { when: { var: 'banned' }, gives: { flag: 'yellow', hold: false } } }),
      banned({ version: 2, effectiveFrom: '2026-04-01' }),
      green,
    );
    const before = decide({ banned: true }, at, {}, pack).general;
    expect(before).toMatchObject({
      flag: 'yellow',
      nextChangeAt: '2026-04-01T00:00:00.000Z',
      nextFlag: 'red',
      nextHold: true,
    });
    const after = decide({ banned: true }, '2026-04-01T00:00:00Z', {}, pack).general;
    expect(after.reasons.map((reason) => `${reason.ruleId}@${reason.ruleVersion}`)).toEqual(['XX01@2']);
  });

  test('a rule of one jurisdiction binds only there', () => {
    const pack = withRules(banned({ jurisdictions: ['US-CA'] }), green);
    expect(decide({ banned: true }, at, { jurisdiction: 'US-TX' }, pack).general.flag).toBe('green');
    expect(decide({ banned: true }, at, { jurisdiction: 'US-CA' }, pack).general.flag).toBe('red');
  });

  test('cases never colour a person', () => {
    const { general, cases } = decide(
      { banned: true },
      at,
      {},
      withRules(banned({ subject: 'case' }), green),
    );
    expect(general.flag).toBe('green');
    expect(cases.map((reason) => [reason.ruleId, reason.flag])).toEqual([['XX01', 'red']]);
  });

  test('silence is rechecked in time, but is no change by time alone', () => {
    const silent = row({
      id: 'XX05',
      nature: 'silence',
      condition: { deadline: { due: 'endsAt', before: null, after: { flag: 'stale', hold: false } } },
    });
    const quiet = decide({ endsOn: '2026-03-15' }, at, {}, withRules(silent, green));
    expect(quiet.general).toMatchObject({ flag: 'green', nextChangeAt: null });
    expect(quiet.recheckAtMs).toBe(Date.parse('2026-03-16T05:00:00Z'));
    expect(decide({ endsOn: '2026-03-01' }, at, {}, withRules(silent, green)).general.flag).toBe('stale');
  });

  test('a duty goes on as a task after the end of employment', () => {
    const pack = withRules(
      banned({ nature: 'duty', tasks: [{ title: 'Report {due}', due: 'endsAt' }] }),
      green,
    );
    const gone = decide({ banned: true, endsOn: '2026-03-15' }, at, { phase: 'terminated' }, pack).general;
    expect(gone).toMatchObject({ flag: 'none', reasons: [] });
    expect(gone.tasks).toEqual([
      { ruleId: 'XX01', title: 'Report {due}', dueAt: '2026-03-16T05:00:00.000Z' },
    ]);
  });

  test('a rule that names a signal or parameter nobody declared is refused', () => {
    expect(() => withRules(banned({ appliesWhen: { var: 'nonsense' } }))).toThrow(
      'flags.rule_invalid: Rule XX01 names the unknown signal "nonsense".',
    );
    expect(() => withRules(banned({ appliesWhen: { param: 'nonsense' } }))).toThrow(
      'unknown parameter "nonsense"',
    );
  });
});

describe('overrides of a tenant', () => {
  test('policy moves within its limits and changes the decision', () => {
    const pack = compilePack(definition, { parameters: { XX02: { warnDays: 10 } } });
    expect(decide({ endsOn: '2026-03-15' }, '2026-03-01T12:00:00Z', {}, pack).general.flag).toBe('green');
    expect(() => compilePack(definition, { parameters: { XX02: { warnDays: 121 } } })).toThrow(
      'flags.override_refused: XX02.warnDays = 121: this rule allows no more than 120 days.',
    );
  });

  test('own rules of policy are added; they cannot take a built-in id or claim law', () => {
    const [own] = readRules([
      row({ id: 'OWN-1', condition: { when: { var: 'secret' }, gives: { flag: 'red', hold: false } } }),
    ]);
    const pack = compilePack(definition, { added: [own!] });
    expect(decide({ secret: true }, '2026-03-10T12:00:00Z', {}, pack).general.flag).toBe('red');
    expect(() => compilePack(definition, { added: [{ ...own!, id: 'XX01' }] })).toThrow(
      'taken by a built-in rule',
    );
    expect(() => compilePack(definition, { added: [{ ...own!, basis: 'law' }] })).toThrow('has basis policy');
  });

  test('a rule of policy may be switched off', () => {
    const pack = compilePack(definition, { disabled: ['XX01'] });
    expect(decide({ banned: true }, '2026-03-10T12:00:00Z', {}, pack).general.flag).toBe('green');
  });
});

import type { DotPayload } from '#contracts/events/dot';
import { leadNumber } from './company.ts';
import { dateOf, monthsLater, renewals, type HistoryInput, type PastEvent } from './history-plan.ts';

const dayMs = 86_400_000;

type Make = (type: string, subjectRef: string, atMs: number, payload: PastEvent['payload']) => PastEvent;

function medical(input: HistoryInput, make: Make): PastEvent[] {
  const exams =
    input.person.number === leadNumber
      ? [monthsLater(input.untilMs - 3 * dayMs, -24)]
      : renewals(input, { months: 24, warnDays: 90, lateShare: 0.02 });
  return exams.flatMap((examMs, index) => {
    const certificate: DotPayload<'medical.certificate_recorded'> = {
      examOn: dateOf(examMs),
      issuedOn: dateOf(examMs),
      expiresOn: dateOf(monthsLater(examMs, 24)),
      basis: 'standard',
      result: 'qualified',
      varianceTo: null,
      from: 'fmcsa',
      examinerOnRegistry: true,
    };
    const cdlis: DotPayload<'cdlis.status_read'> = { status: 'certified', readOn: dateOf(examMs + dayMs) };
    return [
      make('medical.certificate_recorded', `med-${index}`, examMs, certificate),
      make('cdlis.status_read', `cdlis-${index}`, examMs + dayMs, cdlis),
    ];
  });
}

function yearlyRecords(input: HistoryInput, make: Make): PastEvent[] {
  const state = input.location.state;
  const read = renewals(input, { months: 12, warnDays: 30, lateShare: 0.012 });
  const licenceEnd = input.untilMs + input.dice.int(40, 1400) * dayMs;
  const suspended = input.dice.chance(0.006);
  const records = read.flatMap((ms, index) => {
    const lastRead = index === read.length - 1;
    const licence: DotPayload<'licence.reported'> = {
      state,
      numberLast4: input.person.number.slice(-4),
      kind: 'cdl',
      licenceClass: 'A',
      endorsements: input.role.ref === 'tank_driver' ? ['N', 'H'] : [],
      restrictions: [],
      status: suspended && lastRead ? 'suspended' : 'valid',
      privilegeToDrive: suspended && lastRead ? 'invalid' : 'valid',
      issuedOn: dateOf(licenceEnd - 8 * 365 * dayMs),
      expiresOn: dateOf(licenceEnd),
      actions: [],
      readOn: dateOf(ms),
      via: 'mvr',
    };
    const mvr: DotPayload<'mvr.received'> = {
      state,
      obtainedOn: dateOf(ms),
      purpose: index === 0 ? 'initial' : 'annual',
    };
    const review: DotPayload<'review.recorded'> = { on: dateOf(ms + dayMs), reviewer: 'S. Hargrove' };
    return [
      make('licence.reported', `licence:${state}:${input.person.number.slice(-4)}`, ms, licence),
      make('mvr.received', `mvr-${index}`, ms, mvr),
      make('review.recorded', `review-${index}`, ms + dayMs, review),
    ];
  });
  return records;
}

function clearinghouse(input: HistoryInput, make: Make): PastEvent[] {
  const query = (
    ref: string,
    ms: number,
    queryType: DotPayload<'query.submitted'>['queryType'],
    outcome: DotPayload<'query.result_reported'>['outcome'],
  ) => {
    const submitted: DotPayload<'query.submitted'> = {
      queryType,
      submittedAt: new Date(ms).toISOString(),
      consentOnFile: true,
    };
    const result: DotPayload<'query.result_reported'> = {
      outcome,
      reportedAt: new Date(ms + dayMs / 2).toISOString(),
    };
    return [
      make('query.submitted', ref, ms, submitted),
      make('query.result_reported', ref, ms + dayMs / 2, result),
    ];
  };
  const yearly = renewals(input, { months: 12, warnDays: 30, lateShare: 0.01 });
  return [
    ...query('query-pre', input.hiredMs - 3 * dayMs, 'pre_employment', 'not_prohibited'),
    ...yearly.slice(1).flatMap((ms, index) => query(`query-${index}`, ms, 'limited', 'limited_clean')),
    ...(yearly[0] && yearly[0] > input.hiredMs
      ? query('query-first', yearly[0], 'limited', 'limited_clean')
      : []),
  ];
}

function hiringFile(input: HistoryInput, make: Make): PastEvent[] {
  const on = dateOf(input.hiredMs - dayMs);
  const document = (
    documentKind: DotPayload<'document.verified'>['documentKind'],
    extra: Partial<DotPayload<'document.verified'>> = {},
  ) => {
    const verified: DotPayload<'document.verified'> = {
      documentKind,
      on,
      expiresOn: null,
      verifiedBy: 'S. Hargrove',
      roadTestBasis: null,
      state: null,
      ...extra,
    };
    const ref = `doc-${documentKind}`;
    return [
      make('document.required', ref, input.hiredMs - 5 * dayMs, { documentKind }),
      make('document.uploaded', ref, input.hiredMs - 2 * dayMs, {
        documentKind,
        uploadedAt: new Date(input.hiredMs - 2 * dayMs).toISOString(),
      }),
      make('document.read', ref, input.hiredMs - 1.5 * dayMs, { documentKind, confidence: 0.98 }),
      make('document.verified', ref, input.hiredMs - dayMs, verified),
    ];
  };
  const history = (kind: 'drug_alcohol' | 'safety') => {
    const recorded: DotPayload<'history.recorded'> = {
      kind,
      outcome: 'received',
      on: dateOf(input.hiredMs + 12 * dayMs),
      employer: 'Former employer',
    };
    return make('history.recorded', `history-${kind}`, input.hiredMs + 12 * dayMs, recorded);
  };
  return [
    ...document('application'),
    ...document('road_test', { roadTestBasis: input.role.ref === 'tank_driver' ? 'test' : 'cdl' }),
    ...document('registry_note'),
    history('drug_alcohol'),
    history('safety'),
  ];
}

export function dotHistory(input: HistoryInput): PastEvent[] {
  if (!input.role.requirements.dot) return [];
  if (input.person.phase === 'applicant' && input.dice.chance(0.6)) return [];
  const make: Make = (type, ref, atMs, payload) => ({
    vendor: type.startsWith('query') ? 'clearinghouse' : type.startsWith('document') ? 'app' : 'checkr',
    module: 'dot',
    type,
    subjectRef: ref.startsWith('licence:') ? ref : `${input.person.number}:${ref}`,
    atMs,
    payload,
  });
  return [
    ...hiringFile(input, make),
    ...medical(input, make),
    ...yearlyRecords(input, make),
    ...clearinghouse(input, make),
  ];
}

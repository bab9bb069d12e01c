import { queryStateAt, type DotRecord } from '#domain/dot';
import type { Derived, SignalContext, SignalDeclarations } from '../../pack.ts';
import { staleFrom } from '../../sources.ts';
import { fileSignals, firstDriveSignals, furnishedSignals, mvrScope, reviewQueueSignals } from './file.ts';
import { licenceScope } from './licence.ts';
import { medicalSignals } from './medical.ts';
import { querySignals } from './queries.ts';

export const dotSignals: SignalDeclarations = {
  dotClass: { kind: 'word', title: 'Driver class' },
  licenceEndsAt: { kind: 'last_day', title: 'Licence: last good day' },
  licenceFromAt: { kind: 'instant', title: 'Licence: issued' },
  licenceState: { kind: 'word', title: 'State' },
  licenceSays: { kind: 'word', title: 'Licence' },
  queryProhibited: { kind: 'yes_no', title: 'Clearinghouse: prohibited' },
  consentRefused: { kind: 'yes_no', title: 'Consent to the query refused' },
  fullQueryDueAt: { kind: 'instant', title: 'Full query due' },
  preEmploymentQuery: { kind: 'yes_no', title: 'Pre-employment full query on file' },
  queryDueAt: { kind: 'last_day', title: 'Last day for the yearly query' },
  queryTrouble: { kind: 'word', title: 'Query that came to nothing' },
  notQualifiedOn: { kind: 'word', title: 'Found not qualified on' },
  medicalEndsAt: { kind: 'last_day', title: 'Medical certificate: last good day' },
  medicalFromAt: { kind: 'instant', title: 'Medical examination' },
  cdlisDueAt: { kind: 'last_day', title: 'Paper certificate serves until' },
  cdlisRead: { kind: 'yes_no', title: 'CDLIS record read' },
  reExamDue: { kind: 'yes_no', title: 'Re-examination required' },
  reExamSevere: { kind: 'yes_no', title: 'Severe hypoglycaemia' },
  fileMissing: { kind: 'word', title: 'Missing before the first drive' },
  testHistoryDueAt: { kind: 'last_day', title: 'Test history: last day' },
  inquiriesDueAt: { kind: 'last_day', title: 'Inquiries: last day' },
  inquiriesMissing: { kind: 'word', title: 'Inquiries missing' },
  mvrState: { kind: 'word', title: 'State' },
  mvrDueAt: { kind: 'last_day', title: 'Last day for the yearly MVR' },
  reviewDueAt: { kind: 'last_day', title: 'Last day for the yearly review' },
  inReview: { kind: 'word', title: 'Waits for a person' },
  furnishedMissing: { kind: 'yes_no', title: 'No certificate of the other carrier' },
  furnishedEndsAt: { kind: 'last_day', title: "Other carrier's certificate: last good day" },
  furnishedFromAt: { kind: 'instant', title: "Other carrier's certificate: made" },
  silentFromAt: { kind: 'instant', title: 'Source silent since' },
};

/** Vendors from which an answer is awaited: open MVR orders, running queries, licences under monitoring. */
function awaitedVendors(record: DotRecord | null, atMs: number): Set<string> {
  const vendors = new Set<string>();
  if (!record) return vendors;
  for (const order of Object.values(record.openMvrOrders)) vendors.add(order.vendor);
  for (const licence of Object.values(record.licences)) {
    if (licence.via === 'monitor' && licence.surrenderedOn === null) vendors.add(licence.vendor);
  }
  for (const query of Object.values(record.queries)) {
    const state = queryStateAt(query, atMs);
    if (state === 'awaiting' || state === 'processing') vendors.add(query.vendor);
  }
  return vendors;
}

/** Signals of one person. Without a DOT class nothing applies and nothing is derived. */
export function deriveDot(context: SignalContext<DotRecord>): Derived {
  const dotClass = context.person.requirements.dot?.class;
  if (dotClass === undefined) return { signals: {} };
  const licences = licenceScope(context.record, context.person, context.atMs);
  const medical = medicalSignals(context);
  const queries = querySignals(context);
  const firstDrive = firstDriveSignals(context);
  return {
    signals: {
      dotClass,
      ...medical.signals,
      ...queries.signals,
      ...firstDrive.signals,
      ...fileSignals(context),
      ...reviewQueueSignals(context.record),
      ...(dotClass === 'FD' ? furnishedSignals(context) : {}),
      silentFromAt: staleFrom(awaitedVendors(context.record, context.atMs), context.sources),
    },
    scopes: { licence: licences.members, mvr: mvrScope(context) },
    turnsAt: [...licences.turnsAt, ...medical.turnsAt, ...queries.turnsAt, ...firstDrive.turnsAt],
  };
}

import * as z from 'zod';
import { createHash } from 'node:crypto';
import { drop, make, ref, subjectOf, type DraftFrame } from '../../draft.ts';
import { lettersOf } from '../../formats/schema.ts';
import { createBearerVerifier } from '../../proofs/bearer.ts';
import type { NormaliseContext, Outcome, Source } from '../../source.ts';
import {
  looksLikeClearinghouse,
  parseClearinghouse,
  type ClearinghouseFile,
  type ClearinghouseRow,
} from './file.ts';

type Answer = 'limited_clean' | 'limited_hit' | 'not_prohibited' | 'prohibited' | 'not_found' | 'unknown';

/** Everything one row says about its query, in the order in which it happened. */
function rowOutcomes(row: ClearinghouseRow, context: NormaliseContext): Outcome[] {
  const place = frame(row, context);
  const submittedAt = row.submittedAt ?? place.occurredAt;
  const submitted = make.dot(
    'query.submitted',
    { queryType: row.queryType, submittedAt, consentOnFile: consentOnFile(row, context) },
    { ...place, version: 0, occurredAt: submittedAt, dedupeKey: `${place.subjectRef}:submitted` },
  );
  const at = { ...place, version: 1 };
  const limited = row.queryType === 'limited' || row.queryType === 'limited_auto_consent';
  switch (lettersOf(row.status)) {
    case 'awaitingprocessing':
      return [submitted];
    case 'processing':
      return [submitted, make.dot('query.processing', {}, at)];
    case 'specificconsentrequired':
      return [submitted, answered('limited_hit', row, at)];
    case 'pendingdriverconsent': {
      // A full query waits for the driver. For a limited one the request itself tells that there is something to see.
      if (!limited) return [submitted, make.dot('query.processing', { consentPending: true }, at)];
      const asked = { ...at, version: 2, dedupeKey: `${at.dedupeKey}:asked` };
      const request = make.dot('query.full_requested', { requestedAt: at.occurredAt }, asked);
      return [submitted, answered('limited_hit', row, at), request];
    }
    case 'drivernotfound':
      return [submitted, answered('not_found', row, at)];
    case 'completed':
    case 'complete':
      return [submitted, answered(resultOf(row, limited), row, at)];
    case 'rejected':
    case 'error':
      return [make.dot('query.row_rejected', { reason: row.result ?? row.status, line: row.line }, at)];
    default:
      return [submitted, answered('unknown', row, at)];
  }
}

/** A limited query cannot say "prohibited", only that there is information: the full query is due within 24 hours. */
function resultOf(row: ClearinghouseRow, limited: boolean): Answer {
  switch (lettersOf(row.result)) {
    case 'drivernotprohibited':
    case 'notprohibited':
      return limited ? 'limited_clean' : 'not_prohibited';
    case 'driverprohibited':
    case 'prohibited':
      return limited ? 'limited_hit' : 'prohibited';
    default:
      return 'unknown';
  }
}

function answered(outcome: Answer, row: ClearinghouseRow, at: DraftFrame): Outcome {
  const value = `${row.status} / ${row.result ?? 'no result'}`;
  const review =
    outcome === 'unknown'
      ? { field: 'status / result', value, reason: 'Clearinghouse words that decide nothing by themselves' }
      : null;
  return make.dot('query.result_reported', { outcome, reportedAt: at.occurredAt }, { ...at, review });
}

/**
 * A full query runs only after the driver consented in the Clearinghouse itself. The general consent for limited
 * queries lies with the employer, so a file cannot show it: setting `limitedConsentOnFile`.
 */
function consentOnFile(row: ClearinghouseRow, context: NormaliseContext): boolean {
  if (row.queryType === 'full' || row.queryType === 'pre_employment') return true;
  return (
    context.settings['limitedConsentOnFile'] === true || context.settings['limitedConsentOnFile'] === 'true'
  );
}

function frame(row: ClearinghouseRow, context: NormaliseContext): DraftFrame {
  const licence = digest(`${row.state}:${row.cdlNumber}`);
  const occurredAt = row.reportedAt ?? row.submittedAt ?? context.receivedAt;
  const own = row.queryId ?? `${licence}:${row.queryType}:${(row.submittedAt ?? occurredAt).slice(0, 10)}`;
  const subjectRef = `clearinghouse:${own}`;
  return {
    subjectRef,
    occurredAt,
    dedupeKey: `${subjectRef}:${digest(JSON.stringify([lettersOf(row.status), lettersOf(row.result), row.reportedAt]))}`,
    subject: subjectOf({
      refs: [ref('clearinghouse.licence', licence)],
      firstName: row.firstName,
      lastName: row.lastName,
      birthDate: row.birthDate,
    }),
  };
}

/** Licence numbers are personal data: references and event subjects carry a digest of them. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 20);
}

export const clearinghouse: Source<ClearinghouseFile> = {
  vendor: 'clearinghouse',
  title: 'FMCSA Clearinghouse file',
  kind: 'file',
  contentTypes: ['text/tab-separated-values', 'text/plain', 'text/csv'],
  parseHeaders: [],
  settings: z.looseObject({ limitedConsentOnFile: z.boolean().optional() }),
  createVerifier: createBearerVerifier,
  parse: parseClearinghouse,
  identify: (rawBody) =>
    looksLikeClearinghouse(rawBody) ? { what: 'Clearinghouse query results', message: true } : null,
  deliveryKey: (_file, rawBody) => createHash('sha256').update(rawBody).digest('hex'),
  orderKey: () => null,
  normalise: (file, context) => {
    if (file.rows.length === 0) return [drop('no_compliance_fact', 'the file has a header and no rows')];
    return file.rows.flatMap((read) =>
      read.ok
        ? rowOutcomes(read.row, context)
        : [{ kind: 'row_rejected' as const, place: { path: read.path, message: read.message } }],
    );
  },
};

import { eventsBeforeNotice, laboratorySteps, unannouncedReasons } from '#domain/drug-alcohol';
import type { PackagePart } from './package.ts';
import type { Row } from './rows.postgres.ts';

/** The follow-up plan is never told to the person: 49 CFR 40.307(g). */
const followUpPlan: readonly unknown[] = ['sap.complied', 'sap.plan_completed'];

/**
 * What the law keeps from the person, taken out of their copy: tests that are ordered and not told of (382.305(k)(1),
 * 40.309(b)), a laboratory's steps and results that no MRO has verified (40.97(c)), the follow-up plan; and what is made
 * of them for the DER alone. Whether there is any of it, the copy has the same parts, so it does not tell.
 */
export function withoutWithheld(parts: readonly PackagePart[]): {
  parts: PackagePart[];
  /** Raw bodies behind events that were taken out. */
  rawRefs: ReadonlySet<string>;
} {
  const events = parts.find(({ source }) => source === 'compliance_events')?.rows ?? [];
  const untold = untoldTests(events);
  const isHidden = (row: Row): boolean => isHiddenEvent(row, untold);
  const kept: Readonly<Record<string, (row: Row) => boolean>> = {
    compliance_events: (row) => !isHidden(row),
    // Can be made from the events above; as it lies here it knows all of them.
    records: ({ module }) => module !== 'drug_alcohol',
    flag_history: ({ audience }) => audience !== 'der',
    alerts: ({ module, status }) => module !== 'drug_alcohol' || status === 'resolved',
    review_items: (row) => !isHidden({ ...row, type: row['event_type'] }),
  };
  const rawRefs = new Set(events.filter(isHidden).map((row) => String(row['raw_ref'])));
  return {
    rawRefs,
    parts: parts.map((part) => ({
      ...part,
      rows: part.rows.filter(kept[part.source] ?? (() => true)).map(withoutDerView),
    })),
  };
}

function withoutDerView({ der_decision: _hidden, ...row }: Row): Row {
  return row;
}

function isHiddenEvent(row: Row, untold: ReadonlySet<unknown>): boolean {
  const { module, type, subject_ref: test } = row;
  if (module !== 'drug_alcohol') return false;
  if (untold.has(test) || laboratorySteps.some((step) => step === type)) return true;
  if (followUpPlan.includes(type)) return true;
  return typeof type === 'string' && type.startsWith('test.mro_') && payloadOf(row).channel !== 'mro';
}

function untoldTests(events: readonly Row[]): ReadonlySet<unknown> {
  const tests = events.filter(
    ({ module, type }) => module === 'drug_alcohol' && String(type).startsWith('test.'),
  );
  const untold = [...Map.groupBy(tests, (row) => row['subject_ref'])].filter(
    ([, own]) =>
      own.some((row) => unannouncedReasons.includes(payloadOf(row).test?.reason ?? '')) &&
      own.every(({ type }) => eventsBeforeNotice.includes(String(type))),
  );
  return new Set(untold.map(([test]) => test));
}

/** Payloads were checked against their schemas when they came. */
const payloadOf = (row: Row) =>
  (row['payload'] ?? {}) as { channel?: string; test?: { reason?: string } | null };

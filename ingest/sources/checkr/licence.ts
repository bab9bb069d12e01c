import * as z from 'zod';
import type { Review } from '#contracts/compliance-event';
import type { DotPayload } from '#contracts/events/dot';
import { deadLetter, make } from '../../draft.ts';
import { toDate, toInstant } from '../../formats/instants.ts';
import { wordOf } from '../../formats/schema.ts';
import type { Outcome } from '../../source.ts';
import type { ScreeningFrame } from './screenings.ts';

const word = z.string().nullish();
const incident = z.looseObject({ description: word, violation_code: word });

const licenceSchema = z.object({
  number: word,
  state: word,
  status: word,
  type: word,
  class: word,
  expiration_date: word,
  issued_date: word,
  restrictions: z.array(z.string()).nullish(),
  endorsements: z.array(z.string()).nullish(),
  privilege_to_drive: word,
  violations: z.array(incident).nullish(),
  accidents: z.array(incident).nullish(),
});

const motorVehicleSchema = z.object({
  id: z.string().min(1),
  status: word,
  completed_at: word,
  source: word,
  license_reports: z.array(licenceSchema).nullish(),
});

type Licence = z.infer<typeof licenceSchema>;

/** A motor vehicle report: one event per licence, and one that the record is in the file. */
export function licenceOutcomes(object: unknown, frame: ScreeningFrame): Outcome[] {
  const parsed = motorVehicleSchema.safeParse(object);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return [
      deadLetter('payload_unreadable', `motor_vehicle_report.${issue?.path.join('.')}: ${issue?.message}`),
    ];
  }
  const occurredAt = toInstant(parsed.data.completed_at) ?? frame.sentAt;
  return (parsed.data.license_reports ?? []).flatMap((licence, index) =>
    oneLicence(licence, { ...frame, sentAt: occurredAt }, `mvr:${parsed.data.id}:${index}`),
  );
}

function oneLicence(licence: Licence, frame: ScreeningFrame, key: string): Outcome[] {
  const state = licence.state?.trim().toUpperCase() ?? '';
  if (!/^[A-Z]{2}$/.test(state)) {
    return [
      deadLetter(
        'payload_unreadable',
        `${key}: state "${state.slice(0, 20)}" is no two-letter State`,
        frame.subject,
      ),
    ];
  }
  const readOn = frame.sentAt.slice(0, 10);
  const last4 = licence.number?.replace(/[^0-9A-Za-z]/g, '').slice(-4) ?? null;
  const place = { occurredAt: frame.sentAt, subject: frame.subject };
  const monitored = wordOf(frame.context.settings['mvrPurpose']) ?? 'annual';
  const purpose = monitored === 'initial' || monitored === 'monitor' ? monitored : 'annual';
  return [
    make.dot('licence.reported', licencePayload(licence, state, last4, readOn), {
      ...place,
      subjectRef: `licence:${state}:${last4 ?? ''}`,
      dedupeKey: `${key}:licence:${readOn}`,
      review: licenceReview(licence),
    }),
    make.dot(
      'mvr.received',
      { state, obtainedOn: readOn, purpose },
      { ...place, subjectRef: `mvr:${state}`, dedupeKey: `${key}:mvr:${readOn}` },
    ),
  ];
}

const statuses = ['valid', 'expired', 'not_found', 'suspended', 'disqualified', 'downgraded'] as const;

function statusOf(licence: Licence): (typeof statuses)[number] | 'unknown' {
  const given = wordOf(licence.status);
  return statuses.find((known) => known === given) ?? 'unknown';
}

function privilegeOf(licence: Licence): 'valid' | 'invalid' | null {
  const given = wordOf(licence.privilege_to_drive);
  return given === 'valid' || given === 'invalid' ? given : null;
}

function licenceReview(licence: Licence): Review | null {
  const reason = 'This word of a licence record has no agreed meaning';
  if (statusOf(licence) === 'unknown') return { field: 'status', value: licence.status ?? 'null', reason };
  if (licence.privilege_to_drive && privilegeOf(licence) === null) {
    return { field: 'privilege_to_drive', value: licence.privilege_to_drive, reason };
  }
  return null;
}

function licencePayload(
  licence: Licence,
  state: string,
  numberLast4: string | null,
  readOn: string,
): DotPayload<'licence.reported'> {
  return {
    state,
    numberLast4,
    kind: kindOf(licence.type),
    licenceClass: classOf(licence.class),
    endorsements: licence.endorsements ?? [],
    restrictions: licence.restrictions ?? [],
    status: statusOf(licence),
    privilegeToDrive: privilegeOf(licence),
    issuedOn: toDate(licence.issued_date),
    expiresOn: toDate(licence.expiration_date),
    actions: [
      ...(licence.violations ?? []).flatMap((one) => action('conviction', one)),
      ...(licence.accidents ?? []).flatMap((one) => action('accident', one)),
    ],
    readOn,
    via: 'mvr',
  };
}

function kindOf(type: string | null | undefined): 'cdl' | 'clp' | 'non_cdl' | 'unknown' {
  const given = wordOf(type) ?? '';
  if (/non.?(cdl|commercial)/.test(given)) return 'non_cdl';
  if (/clp|permit/.test(given)) return 'clp';
  return /cdl|commercial/.test(given) ? 'cdl' : 'unknown';
}

function classOf(given: string | null | undefined): 'A' | 'B' | 'C' | 'D' | 'M' | 'other' | null {
  const letter = given
    ?.trim()
    .toUpperCase()
    .replace(/^CLASS\s+/, '');
  if (!letter) return null;
  return (['A', 'B', 'C', 'D', 'M'] as const).find((known) => known === letter) ?? 'other';
}

/** The record does not grade a conviction under 49 CFR 383.51: a person does. Entries without any date cannot be placed. */
function action(kind: 'conviction' | 'accident', entry: z.infer<typeof incident>) {
  const from = ['conviction_date', 'violation_date', 'issued_date', 'accident_date', 'date']
    .map((name) => toDate(entry[name]))
    .find((date) => date !== null);
  if (!from) return [];
  const code = entry.violation_code ?? entry.description ?? null;
  return [{ kind, code, from, endedOn: null, clearinghouse: false, unclear: kind === 'conviction' }];
}

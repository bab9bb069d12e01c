import * as z from 'zod';
import { reportChannelSchema } from '#contracts/events/drug-alcohol';
import { queryTypes } from '#contracts/events/dot';
import { deadLetter, drop, make, givenRef, ref, subjectOf } from '../../draft.ts';
import { toDate, toInstant } from '../../formats/instants.ts';
import { entryOf, isObject, wordOf } from '../../formats/schema.ts';
import type { FetchRequest, NormaliseContext, Outcome, Source } from '../../source.ts';
import {
  adverseActionSchema,
  candidateSchema,
  family,
  identifyCheckr,
  invitationSchema,
  parseCheckr,
  reportSchema,
  screeningKinds,
  type CheckrEvent,
} from './messages.ts';
import { reportOutcomes, reportSubject } from './report.ts';
import { screeningOutcomes } from './screenings.ts';
import { createCheckrVerifier } from './signature.ts';

/** Types that carry no compliance fact, with the reason that the drop is counted under. */
const droppedFamilies: Readonly<Record<string, string>> = {
  package: 'a package of the account changed; no person is concerned',
  verification: 'a step of the candidate within a report; the report tells its result',
  form_i9: 'Form I-9 lies outside the six modules',
  formi9: 'Form I-9 lies outside the six modules',
  continuous_check: 'the running check asks for something at Checkr; its findings come as reports',
  account: 'the Checkr account itself changed',
  token: 'the Checkr account itself changed',
};

const knownTypes: Readonly<Record<string, readonly string[]>> = {
  report: [
    'created',
    'updated',
    'canceled',
    'upgraded',
    'completed',
    'suspended',
    'resumed',
    'disputed',
    'pre_adverse_action',
    'post_adverse_action',
    'engaged',
  ],
  adverse_action: ['notice_not_delivered'],
  candidate: [
    'created',
    'id_required',
    'driver_license_required',
    'updated',
    'pre_adverse_action',
    'post_adverse_action',
  ],
  invitation: ['created', 'completed', 'expired', 'deleted'],
};

/** Objects that a thin event points at, by family. */
const resources: Readonly<Record<string, string>> = {
  report: 'reports',
  adverse_action: 'adverse_actions',
  candidate: 'candidates',
  invitation: 'invitations',
};

function normalise(event: CheckrEvent, context: NormaliseContext): Outcome[] {
  const kind = wordOf(event.data.object.object) ?? '';
  if (screeningKinds.some((one) => one === kind)) return ownScreening(event, kind, context);
  const known = entryOf(knownTypes, family(event));
  if (!known) {
    const reason = entryOf(droppedFamilies, family(event));
    return reason
      ? [drop('no_compliance_fact', `${event.type}: ${reason}`)]
      : [drop('unknown_event_type', `Checkr event type "${event.type}" is not known here`)];
  }
  if (!known.includes(event.type.slice(family(event).length + 1))) {
    return [drop('unknown_event_type', `Checkr event type "${event.type}" is not known here`)];
  }
  const request = thinRequest(event);
  if (request)
    return [
      { kind: 'fetch', request, detail: `${event.type} came without its ${family(event)}: only its id` },
    ];
  return ofFamily(event, context);
}

/** `include_object` off: the object is only a pointer. */
function thinRequest(event: CheckrEvent): FetchRequest | null {
  const { id, ...rest } = event.data.object;
  const names = Object.keys(rest).filter((name) => name !== 'object' && name !== 'uri');
  const resource = entryOf(resources, family(event));
  // A report without a status is a pointer too, whatever else it carries: there is nothing to decide on.
  const pointer = resource === 'reports' ? !names.includes('status') : names.length === 0;
  if (!pointer || !resource) return null;
  return { resource, id, path: `/v1/${resource}/${encodeURIComponent(id)}` };
}

/** The API's answer takes the place of the pointer; everything else of the event stays. */
function normaliseFetched(event: CheckrEvent, answer: unknown, context: NormaliseContext): Outcome[] {
  if (!isObject(answer) || answer['id'] !== event.data.object.id) {
    return [deadLetter('fetch_mismatch', `the API answered another object than ${event.data.object.id}`)];
  }
  const full: CheckrEvent = { ...event, data: { object: { ...answer, id: event.data.object.id } } };
  if (thinRequest(full)) return [deadLetter('fetch_mismatch', 'the API answered a bare pointer')];
  return ofFamily(full, context);
}

function ofFamily(event: CheckrEvent, context: NormaliseContext): Outcome[] {
  switch (family(event)) {
    case 'report':
      return ofReport(event, context);
    case 'adverse_action':
      return ofAdverseAction(event);
    case 'candidate':
      return ofCandidate(event);
    default:
      return ofInvitation(event);
  }
}

function ofReport(event: CheckrEvent, context: NormaliseContext): Outcome[] {
  const parsed = reportSchema.safeParse(event.data.object);
  if (!parsed.success) return [unreadable(event, parsed.error.issues[0])];
  const report = parsed.data;
  const frame = screeningFrame(event, context, report);
  const embedded = screeningKinds.flatMap((kind) => {
    const object = event.data.object[kind];
    return isObject(object) ? screeningOutcomes(kind, object, frame) : [];
  });
  return [...reportOutcomes(event, report), ...embedded];
}

function ownScreening(event: CheckrEvent, kind: string, context: NormaliseContext): Outcome[] {
  const object = event.data.object;
  const candidate = typeof object['candidate_id'] === 'string' ? object['candidate_id'] : null;
  const report = typeof object['report_id'] === 'string' ? object['report_id'] : '';
  const frame = screeningFrame(event, context, { id: report, candidate_id: candidate });
  const outcomes = screeningOutcomes(kind, object, frame);
  return outcomes.length > 0 ? outcomes : [drop('no_compliance_fact', `${event.type}: nothing decided yet`)];
}

function screeningFrame(
  event: CheckrEvent,
  context: NormaliseContext,
  owner: Parameters<typeof reportSubject>[0],
) {
  return {
    sentAt: toInstant(event.created_at) ?? context.receivedAt,
    eventKey: event.id,
    subject: reportSubject(owner),
    context,
  };
}

function ofAdverseAction(event: CheckrEvent): Outcome[] {
  const parsed = adverseActionSchema.safeParse(event.data.object);
  if (!parsed.success) return [unreadable(event, parsed.error.issues[0])];
  const action = parsed.data;
  if (!action.report_id) {
    return [deadLetter('order_missing', `adverse action ${action.id} names no report`)];
  }
  const subject = reportSubject({ id: action.report_id, candidate_id: action.candidate_id });
  const occurredAt =
    toInstant(action.delivery?.updated_at) ?? toInstant(event.created_at) ?? event.created_at;
  return [
    make.background(
      'adverse.notice_undelivered',
      {},
      {
        subjectRef: `checkr:${action.report_id}`,
        occurredAt,
        dedupeKey: `${event.id}:${event.type}`,
        subject,
      },
    ),
  ];
}

function ofCandidate(event: CheckrEvent): Outcome[] {
  const parsed = candidateSchema.safeParse(event.data.object);
  if (!parsed.success) return [unreadable(event, parsed.error.issues[0])];
  const candidate = parsed.data;
  const subject = subjectOf({
    refs: [ref('checkr.candidate', candidate.id), givenRef('employee.external_id', candidate.custom_id)],
    email: candidate.email,
    firstName: candidate.first_name,
    lastName: candidate.last_name,
    birthDate: toDate(candidate.dob),
  });
  const adverse = event.type.endsWith('_adverse_action');
  if (!adverse)
    return [drop('person_reference', `${event.type}: who the candidate is; no compliance fact`, subject)];
  const reports = candidate.report_ids ?? [];
  const [only] = reports;
  if (!only || reports.length > 1) {
    return [
      deadLetter('order_ambiguous', `${event.type} does not say which of ${reports.length} reports`, subject),
    ];
  }
  const place = {
    subjectRef: `checkr:${only}`,
    occurredAt: toInstant(event.created_at) ?? event.created_at,
    dedupeKey: `${event.id}:${event.type}`,
    subject: { ...subject, refs: [...subject.refs, { system: 'checkr.report', value: only, own: true }] },
  };
  return event.type === 'candidate.pre_adverse_action'
    ? [make.background('adverse.pre_notice_sent', { copy: false, rights: false }, place)]
    : [make.background('adverse.final_decided', {}, place)];
}

/** An invitation is not an order yet: its report brings the order, unless the candidate let it lapse. */
function ofInvitation(event: CheckrEvent): Outcome[] {
  const parsed = invitationSchema.safeParse(event.data.object);
  if (!parsed.success) return [unreadable(event, parsed.error.issues[0])];
  const invitation = parsed.data;
  const word = event.type.slice('invitation.'.length);
  if ((word !== 'expired' && word !== 'deleted') || invitation.report_id) {
    return [
      drop('no_compliance_fact', `${event.type}: nothing is ordered before the candidate's report exists`),
    ];
  }
  const subject = subjectOf({ refs: [ref('checkr.candidate', invitation.candidate_id)] });
  const subjectRef = `checkr:invitation:${invitation.id}`;
  const occurredAt = toInstant(event.created_at) ?? event.created_at;
  const dedupeKey = `${event.id}:${event.type}`;
  return [make.background('order.cancelled', { word }, { subjectRef, occurredAt, dedupeKey, subject })];
}

function unreadable(
  event: CheckrEvent,
  issue: { path: PropertyKey[]; message: string } | undefined,
): Outcome {
  const path = ['data', 'object', ...(issue?.path ?? [])].map(String).join('.');
  return deadLetter('payload_unreadable', `${event.type}: ${path}: ${issue?.message ?? 'does not fit'}`);
}

export const checkr: Source<CheckrEvent> = {
  vendor: 'checkr',
  title: 'Checkr',
  kind: 'webhook',
  contentTypes: ['application/json'],
  parseHeaders: [],
  settings: z.looseObject({
    channel: reportChannelSchema.optional(),
    clearinghouseQueryType: z.enum(queryTypes).optional(),
    mvrPurpose: z.enum(['annual', 'initial', 'monitor']).optional(),
  }),
  createVerifier: createCheckrVerifier,
  parse: parseCheckr,
  identify: identifyCheckr,
  deliveryKey: (event) => `${event.id}:${event.type}`,
  orderKey: (event) => {
    const candidate = event.data.object['candidate_id'];
    return typeof candidate === 'string' ? candidate : event.data.object.id;
  },
  normalise,
  api: {
    defaultUrl: 'https://api.checkr.com',
    authorization: (key) => `Basic ${Buffer.from(`${key}:`).toString('base64')}`,
  },
  normaliseFetched,
};

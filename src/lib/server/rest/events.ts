import { createHash } from 'node:crypto';
import type * as z from 'zod';
import type { apiEventSchema } from '#contracts/api/resources';
import type { listEventsSchema, SubmitEvent } from '#contracts/api/requests';
import type { ComplianceEvent } from '#contracts/compliance-event';
import { eventCatalogue } from '#contracts/events/catalogue';
import { isId, type EmployeeId } from '#contracts/ids';
import { moduleNames, modules } from '#contracts/modules';
import type { ActContext, Audit } from '#domain/audit';
import { can, type Scope } from '#domain/identity';
import { visibleEmployees, type People } from '#domain/people';
import { listEventPage, listModuleEvents, type AppliedEvent } from '#domain/records';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import type { Outbox } from '#platform/event-log';
import { idFromDigest } from '#platform/ids';
import type { Keys } from '#platform/keys';
import type { Tx } from '#platform/postgres';
import { sightEvents } from '../person/event-sight.ts';
import { eventTitle } from '../person/event-words.ts';

type ListEvents = z.output<typeof listEventsSchema>;
type ApiEvent = z.input<typeof apiEventSchema>;

/**
 * One page of events of the people in scope. What the law hides is taken out after the page was read, so a page may be
 * shorter than asked for and still have a next one.
 */
export async function listEvents(keys: Pick<Keys, 'open'>, tx: Tx, scope: Scope, asked: ListEvents) {
  const { cursor, limit, module, employeeId, type, occurredFrom, occurredTo } = asked;
  const seen: ComplianceEvent['module'][] = modules.filter((one) => can(scope, 'view', one));
  // Whoever sees a module whole knows who people are.
  if (seen.length > 0) seen.push('people');
  const filter = {
    modules: seen.filter((one) => module === undefined || (module as string[]).includes(one)),
    ...(employeeId === undefined ? {} : { employeeId }),
    ...(type === undefined ? {} : { type }),
    ...(occurredFrom === undefined ? {} : { occurredFrom }),
    ...(occurredTo === undefined ? {} : { occurredTo }),
    visible: visibleEmployees(scope, 'e'),
  };
  const before = cursor === undefined ? {} : { before: readCursor(cursor) };
  const { events, more } = await listEventPage(keys, tx, filter, { limit, ...before });
  const sighted = await sight(keys, tx, scope, events);
  const last = events.at(-1)?.event.id;
  return {
    data: events.filter(({ event }) => sighted.has(event.id)).map(toApiEvent),
    next: more && last !== undefined ? Buffer.from(last).toString('base64url') : null,
  };
}

/** A test is told by all its events whether it is announced, so those of the page's people are read too. */
async function sight(
  keys: Pick<Keys, 'open'>,
  tx: Tx,
  scope: Scope,
  events: readonly AppliedEvent[],
): Promise<Set<string>> {
  const tested = events.filter(({ event }) => event.module === 'drug_alcohol');
  const people = [...new Set(tested.map(({ event }) => event.employeeId))];
  const tests = people.length === 0 ? [] : await listModuleEvents(keys, tx, people, 'drug_alcohol');
  const others = events.filter(({ event }) => event.module !== 'drug_alcohol');
  const byPerson = Map.groupBy([...others, ...tests], ({ event }) => event.employeeId);
  const visible = [...byPerson].flatMap(([employeeId, own]) => sightEvents(scope, employeeId, own));
  return new Set(visible.map(({ event }) => event.id));
}

function readCursor(text: string): string {
  const id = Buffer.from(text, 'base64url').toString();
  if (isId('event', id)) return id;
  throw new PlumblineError({
    kind: 'malformed',
    code: 'api.event_cursor_unreadable',
    detail: 'The cursor is not one of this list. Start again without one.',
  });
}

/** Without the payload: it may hold criminal and health data, which this API does not hand out. */
function toApiEvent({ event, outcome, outcomeReason }: AppliedEvent): ApiEvent {
  const { id, employeeId, module, type, subjectRef, occurredAt, receivedAt, version, source, review } = event;
  const waits = outcome === 'review' || outcome === 'refused';
  return {
    id,
    employeeId,
    module,
    type,
    title: eventTitle(event),
    subjectRef,
    occurredAt,
    receivedAt,
    version,
    source: source.vendor,
    outcome,
    review: waits ? (outcomeReason ?? review?.reason ?? 'A person must look.') : null,
  };
}

export interface SubmitDeps {
  readonly people: Pick<People, 'get' | 'list'>;
  readonly audit: Pick<Audit, 'append'>;
  readonly outbox: Pick<Outbox, 'add'>;
  readonly clock: Clock;
}

export interface Submission {
  readonly scope: Scope;
  readonly body: SubmitEvent;
  /** Client and idempotency key: the same fact told twice is one event, also when the kept answer is long gone. */
  readonly dedupeKey: string;
  readonly act: ActContext;
}

/** Puts an event on the way of all events, with its audit entry, in the caller's transaction. */
export async function submitEvent(deps: SubmitDeps, tx: Tx, { scope, body, dedupeKey, act }: Submission) {
  requireWrite(scope, body.module);
  const payload = payloadOf(body);
  const employeeId = await whose(deps, tx, scope, body);
  const now = deps.clock.now();
  requirePast(body.occurredAt, deps.clock.nowMs());
  const digest = createHash('sha256')
    .update(JSON.stringify([scope.tenantId, 'api', dedupeKey]))
    .digest();
  const event: ComplianceEvent = {
    id: idFromDigest('event', Date.parse(body.occurredAt), digest),
    schemaVersion: 1,
    tenantId: scope.tenantId,
    employeeId,
    module: body.module,
    type: body.type,
    subjectRef: body.subjectRef,
    occurredAt: new Date(body.occurredAt).toISOString(),
    receivedAt: now,
    version: body.version,
    source: { vendor: 'api', endpointId: null, dedupeKey, rawRef: null },
    payload,
    review: null,
  };
  const { id, module, type, subjectRef, occurredAt } = event;
  await deps.audit.append(tx, scope.tenantId, [
    {
      ...act,
      act: 'api:event:submit',
      subject: { type: 'employee', id: employeeId },
      // The payload stays out: it has its own place, with its own rights.
      after: { eventId: id, module, type, subjectRef, occurredAt },
    },
  ]);
  await deps.outbox.add(tx, [
    {
      topic: `compliance.${module}.${type}`,
      key: employeeId,
      value: Buffer.from(JSON.stringify(event)),
      headers: { tenantId: event.tenantId, eventId: id },
    },
  ]);
  return { id, employeeId, status: 'accepted' as const };
}

function requireWrite(scope: Scope, module: SubmitEvent['module']): void {
  if (can(scope, 'write', module)) return;
  throw new PlumblineError({
    kind: 'forbidden',
    code: 'api.scope_missing',
    detail: `Telling events of ${moduleNames[module]} needs the scope ${module}:write.`,
  });
}

/** Throws `api.event_type_unknown`, `api.event_payload_invalid`. What settles a review is done in the review queue. */
function payloadOf({ module, type, payload }: SubmitEvent): ComplianceEvent['payload'] {
  const types = eventCatalogue[module];
  const schema = Object.hasOwn(types, type) ? types[type] : undefined;
  if (schema === undefined) {
    throw new PlumblineError({
      kind: 'invalid',
      code: 'api.event_type_unknown',
      detail: `${moduleNames[module]} has no event type of that name. It has ${Object.keys(types).join(', ')}.`,
    });
  }
  const parsed = schema.safeParse(payload);
  if (parsed.success) return parsed.data as ComplianceEvent['payload'];
  throw new PlumblineError({
    kind: 'invalid',
    code: 'api.event_payload_invalid',
    detail: `The payload does not fit ${module} ${type}.`,
    places: parsed.error.issues.map(({ path, message }) => ({
      path: ['payload', ...path].join('.'),
      message,
    })),
  });
}

/** Somebody out of scope and nobody look the same. */
async function whose(deps: SubmitDeps, tx: Tx, scope: Scope, body: SubmitEvent): Promise<EmployeeId> {
  if (body.employeeId !== undefined) return (await deps.people.get(scope, body.employeeId, tx)).id;
  const { employeeNumber = '' } = body;
  const found = await deps.people.list(scope, { number: employeeNumber }, { limit: 1 }, tx);
  const [person] = found.employees;
  if (person !== undefined) return person.id;
  throw new PlumblineError({
    kind: 'not_found',
    code: 'api.employee_number_unknown',
    detail: 'No employee of that number is among those whom this client sees.',
  });
}

/** How far another clock may be ahead. */
const skewMs = 5 * 60_000;

function requirePast(occurredAt: string, nowMs: number): void {
  if (Date.parse(occurredAt) <= nowMs + skewMs) return;
  throw new PlumblineError({
    kind: 'invalid',
    code: 'api.event_in_future',
    detail: 'occurredAt lies in the future. An event is something that has happened.',
  });
}

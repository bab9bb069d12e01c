import { createHash } from 'node:crypto';
import type { EventModule, Review } from '#contracts/compliance-event';
import type { BackgroundInput, BackgroundEventType } from '#contracts/events/background';
import type { DotEventType, DotPayload } from '#contracts/events/dot';
import type { DrugAlcoholEventType, DrugAlcoholInput } from '#contracts/events/drug-alcohol';
import type { GeofenceEventType, GeofenceInput } from '#contracts/events/geofence';
import type { HealthEventType, HealthPayload } from '#contracts/events/health';
import type { PeopleEventType, PeoplePayload } from '#contracts/events/people';
import type { DraftEvent, ExternalRef, Outcome, Subject } from './source.ts';

/** What every draft of one message shares. */
export interface DraftFrame {
  readonly subjectRef: string;
  readonly occurredAt: string;
  readonly version?: number;
  readonly dedupeKey: string;
  readonly subject: Subject;
  readonly review?: Review | null;
}

type Payload = Readonly<Record<string, unknown>>;

function event(module: EventModule, type: string, payload: Payload, frame: DraftFrame): Outcome {
  const draft: DraftEvent = {
    module,
    type,
    subjectRef: bounded(frame.subjectRef),
    occurredAt: frame.occurredAt,
    version: frame.version ?? 0,
    payload,
    review: frame.review ?? null,
    dedupeKey: bounded(frame.dedupeKey),
    subject: frame.subject,
  };
  return { kind: 'event', draft };
}

/** One maker per module, so that the compiler checks each payload against the module's contract. */
export const make = {
  background: <T extends BackgroundEventType>(type: T, payload: BackgroundInput<T>, frame: DraftFrame) =>
    event('background', type, payload, frame),
  drugAlcohol: <T extends DrugAlcoholEventType>(type: T, payload: DrugAlcoholInput<T>, frame: DraftFrame) =>
    event('drug_alcohol', type, payload, frame),
  dot: <T extends DotEventType>(type: T, payload: DotPayload<T>, frame: DraftFrame) =>
    event('dot', type, payload, frame),
  health: <T extends HealthEventType>(type: T, payload: HealthPayload<T>, frame: DraftFrame) =>
    event('health', type, payload, frame),
  geofence: <T extends GeofenceEventType>(type: T, payload: GeofenceInput<T>, frame: DraftFrame) =>
    event('geofence', type, payload, frame),
  people: <T extends PeopleEventType>(type: T, payload: PeoplePayload<T>, frame: DraftFrame) =>
    event('people', type, payload, frame),
  /** For senders that speak our own event shape; the payload was checked against the catalogue. */
  checked: event,
};

export function drop(reason: string, detail: string, learn?: Subject): Outcome {
  return { kind: 'drop', reason, detail, ...(learn ? { learn } : {}) };
}

export function deadLetter(reason: string, detail: string, subject?: Subject): Outcome {
  return { kind: 'dead_letter', reason, detail, ...(subject ? { subject } : {}) };
}

export interface SubjectParts {
  readonly employeeId?: Subject['employeeId'];
  readonly refs?: readonly (ExternalRef | null)[];
  readonly email?: unknown;
  readonly firstName?: unknown;
  readonly lastName?: unknown;
  readonly birthDate?: string | null;
}

/** Builds a subject out of whatever the message gives; blanks and wrong types count as not known. */
export function subjectOf(parts: SubjectParts): Subject {
  const first = text(parts.firstName);
  const last = text(parts.lastName);
  const email = text(parts.email);
  return {
    employeeId: parts.employeeId ?? null,
    refs: (parts.refs ?? []).filter((one) => one !== null),
    email: email?.includes('@') ? email.toLowerCase() : null,
    name: first && last ? { first, last } : null,
    birthDate: parts.birthDate ?? null,
  };
}

/** An id that the vendor made; null when the value is missing or blank. Numbers are taken as vendors mix both. */
export function ref(system: string, value: unknown): ExternalRef | null {
  return reference(system, value, true);
}

/** An id that somebody gave to the vendor: it helps to find the person, and proves nothing for the next message. */
export function givenRef(system: string, value: unknown): ExternalRef | null {
  return reference(system, value, false);
}

function reference(system: string, value: unknown, own: boolean): ExternalRef | null {
  const known = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : text(value);
  return known ? { system, value: known, own } : null;
}

function text(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const trimmed = value.trim();
  return trimmed === '' ? null : trimmed.slice(0, 500);
}

/** Same person or order: what of a subject could ever match. */
export function hasAnything(subject: Subject): boolean {
  return (
    subject.employeeId !== null || subject.refs.length > 0 || subject.email !== null || subject.name !== null
  );
}

const longestKey = 300;

/** Keys stand in unique indexes, which have a size; a sender's overlong id keeps its start and a digest of the whole. */
export function bounded(key: string): string {
  if (key.length <= longestKey) return key;
  return `${key.slice(0, longestKey - 65)}~${createHash('sha256').update(key).digest('hex')}`;
}

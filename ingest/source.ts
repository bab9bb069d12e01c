import type * as z from 'zod';
import type { EventModule, Review } from '#contracts/compliance-event';
import type { EmployeeId } from '#contracts/ids';
import type { ErrorPlace } from '#platform/errors';

/** Header names in lower case; one value each (the first, when a sender repeats one). */
export type SourceHeaders = Readonly<Record<string, string | undefined>>;

/** Why a request is not believed. Public text: it never says how close a guess was. */
type RefusalReason =
  | 'signature_missing'
  | 'signature_placeholder'
  | 'signature_mismatch'
  | 'timestamp_missing'
  | 'timestamp_stale'
  | 'credentials_missing'
  | 'credentials_mismatch'
  | 'endpoint_without_secret';

export type Verification =
  { readonly ok: true } | { readonly ok: false; readonly reason: RefusalReason; readonly detail: string };

/** Made once per endpoint from its secrets (two while a secret is rotated), so that keys are prepared ahead of requests. */
export type Verifier = (rawBody: Buffer, headers: SourceHeaders, nowMs: number) => Verification;

/** `syntax` = not JSON / XML / CSV at all (HTTP 400); `schema` = well-formed, but not this vendor's message (HTTP 422). */
export type Parsed<V> = { readonly ok: true; readonly value: V } | ParseFailure;
export interface ParseFailure {
  readonly ok: false;
  readonly stage: 'syntax' | 'schema';
  readonly detail: string;
  readonly places: readonly ErrorPlace[];
}

/** One id by which another system knows a person, or an order that belongs to one person. */
export interface ExternalRef {
  /** e.g. `checkr.candidate`, `quest-esp.order`, `employee.external_id`. */
  readonly system: string;
  readonly value: string;
  /**
   * True when the vendor itself made the id, for this person or one order of theirs: once the person is known, it is
   * remembered. Numbers that somebody typed in (an order reference, a licence) can stand for several people.
   */
  readonly own: boolean;
}

/** How to find the employee that a draft is about. Empty parts are not known. */
export interface Subject {
  /** Our own id, when the sender knows it. */
  readonly employeeId: EmployeeId | null;
  /** Most specific first. */
  readonly refs: readonly ExternalRef[];
  readonly email: string | null;
  readonly name: { readonly first: string; readonly last: string } | null;
  /** `YYYY-MM-DD`. */
  readonly birthDate: string | null;
}

/** A compliance event without what only we can give: its id, tenant, employee, and where the raw body lies. */
export interface DraftEvent {
  readonly module: EventModule;
  readonly type: string;
  readonly subjectRef: string;
  /** ISO 8601 UTC. */
  readonly occurredAt: string;
  readonly version: number;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly review: Review | null;
  /** Same fact, same key, however often and by whichever delivery it comes. Unique within (tenant, vendor). */
  readonly dedupeKey: string;
  readonly subject: Subject;
}

/** Not for us, on purpose; or broken, so that a person must look; or only a pointer to the real thing. */
export type Outcome =
  | { readonly kind: 'event'; readonly draft: DraftEvent }
  | {
      readonly kind: 'drop';
      readonly reason: string;
      readonly detail: string;
      /** Ids and traits of one person that travel together here: worth remembering for later messages. */
      readonly learn?: Subject;
    }
  | {
      readonly kind: 'dead_letter';
      readonly reason: string;
      readonly detail: string;
      readonly subject?: Subject;
    }
  | { readonly kind: 'fetch'; readonly request: FetchRequest; readonly detail: string }
  | { readonly kind: 'row_rejected'; readonly place: ErrorPlace };

/** What a thin message points at. `path` is relative to the vendor's API root. */
export interface FetchRequest {
  readonly resource: string;
  readonly id: string;
  readonly path: string;
}

/** Reads one resource from a vendor's API. Throws PlumblineError: `unavailable` is tried again, anything else is final. */
export interface VendorApi {
  fetch(request: FetchRequest, signal: AbortSignal): Promise<unknown>;
}

/** Where a vendor's API is and how it wants its key. */
export interface ApiProfile {
  readonly defaultUrl: string;
  /** Value of the `Authorization` header. */
  authorization(key: string): string;
}

export interface NormaliseContext {
  /** When the door took the message: the instant of last resort for a message that carries none. */
  readonly receivedAt: string;
  /** The endpoint's settings, e.g. the channel of a drug-testing endpoint. Read by the source's own schema. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * One vendor. Pure: no clock, no database, no network. A folder under `sources/` exports one, `sources.ts` lists them.
 * `normalise` never throws and never guesses: a word it does not know becomes an event with `review` set.
 */
export interface Source<V = unknown> {
  readonly vendor: string;
  readonly title: string;
  readonly kind: 'webhook' | 'file';
  /** A personnel system or its list: an endpoint of it may be made the authority on who works here. */
  readonly personnel?: boolean;
  readonly contentTypes: readonly string[];
  /** Known settings of an endpoint and what each may be; others are let through and mean nothing. */
  readonly settings?: z.ZodType<Readonly<Record<string, unknown>>>;
  /** Headers that `parse` reads; they are kept with the body. */
  readonly parseHeaders: readonly string[];
  createVerifier(secrets: readonly string[]): Verifier;
  parse(rawBody: Buffer, headers: SourceHeaders): Parsed<V>;
  /** What these bytes are in this vendor's words ("event report.completed", "API answer: candidate"), null if not this vendor's. */
  identify(rawBody: Buffer): Identity | null;
  /** The same for every delivery of the same message. */
  deliveryKey(value: V, rawBody: Buffer): string;
  /** Messages with the same key keep their order in the log; null = order does not matter. */
  orderKey(value: V): string | null;
  normalise(value: V, context: NormaliseContext): Outcome[];
  /** What the vendor expects to read when its message was taken; left out, 202 with the delivery's id. */
  answer?(rawBody: Buffer): { readonly status: number; readonly contentType: string; readonly body: string };
  /** Set for vendors whose messages can be thin. */
  readonly api?: ApiProfile;
  /** Turns what `VendorApi` answered for a thin message into outcomes. */
  normaliseFetched?(value: V, answer: unknown, context: NormaliseContext): Outcome[];
}

export interface Identity {
  readonly what: string;
  /** True for a message that `parse` is meant for; false for this vendor's other documents. */
  readonly message: boolean;
}

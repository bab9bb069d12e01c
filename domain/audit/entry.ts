import type { Id, TenantId } from '#contracts/ids';

/** A value that JSON can carry. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export const actorTypes = ['user', 'system', 'vendor'] as const;
export type ActorType = (typeof actorTypes)[number];

/** Who did it. The name is kept as it was then: a renamed or removed user does not change the log. */
export interface Actor {
  readonly type: ActorType;
  readonly id: string;
  readonly name: string;
}

/** Who acts, and through what. Made once per request or job and handed to every write. */
export interface ActContext {
  readonly actor: Actor;
  readonly ip: string | null;
  readonly sessionId: string | null;
  readonly requestId: string | null;
}

/** One act to record. `before` and `after` may hold any plain values; `redact` runs on both. */
export interface AuditDraft extends ActContext {
  /** `module:subject:verb`, e.g. `people:employee:update`. */
  readonly act: string;
  readonly subject: { readonly type: string; readonly id: string };
  readonly before?: unknown;
  readonly after?: unknown;
  /**
   * `before` and `after` hold personal values of the subject, who is a person: they are recorded under that person's key,
   * so that erasing the person makes them unreadable while the chain holds.
   */
  readonly personal?: boolean;
}

/** One recorded act, as stored. */
export interface AuditEntry extends ActContext {
  readonly tenantId: TenantId;
  /** 1, 2, 3 … without a gap within the tenant. */
  readonly sequence: number;
  readonly id: Id<'auditEntry'>;
  readonly at: string;
  readonly act: string;
  readonly subject: { readonly type: string; readonly id: string };
  readonly before: Json;
  readonly after: Json;
  readonly previousHash: string;
  readonly hash: string;
}

/** An act by the system itself: a timer, a consumer, the importer. */
export function systemContext(name: string, requestId: string | null = null): ActContext {
  return { actor: { type: 'system', id: `system:${name}`, name }, ip: null, sessionId: null, requestId };
}

/** An act that a vendor's message caused. */
export function vendorContext(vendor: string, requestId: string | null = null): ActContext {
  return {
    actor: { type: 'vendor', id: `vendor:${vendor}`, name: vendor },
    ip: null,
    sessionId: null,
    requestId,
  };
}

import type * as z from 'zod';
import type { ComplianceEvent } from '#contracts/compliance-event';
import { inOrder } from './order.ts';
import { closeReviews, withoutReview, withReview, type Reviewed } from './review.ts';

/** What the record made of one event. Refused and reviewed events are kept and shown. */
export type EventOutcome = 'applied' | 'duplicate' | { refused: string } | { review: string };

export interface Applied<R> {
  record: R;
  outcome: EventOutcome;
}

/** One handler per event type, with the payload as its schema gives it (defaults filled in). */
export type Handlers<R, Schemas extends Record<string, z.ZodType>> = {
  readonly [T in keyof Schemas]: (
    record: R,
    payload: z.output<Schemas[T]>,
    event: ComplianceEvent,
  ) => Applied<R>;
};

export interface Fold<R> {
  empty: () => R;
  /** Pure. Never throws: what cannot be read becomes an open review. */
  apply: (record: R, event: ComplianceEvent) => Applied<R>;
  /** Events in any order, duplicates allowed. */
  fold: (events: readonly ComplianceEvent[]) => R;
}

type AnyHandler<R> = (record: R, payload: unknown, event: ComplianceEvent) => Applied<R>;

/** A module's record model from its payload schemas and handlers. */
export function createFold<R extends Reviewed, Schemas extends Record<string, z.ZodType>>(model: {
  schemas: Schemas;
  handlers: Handlers<R, Schemas>;
  empty: () => R;
}): Fold<R> {
  const { schemas, handlers, empty } = model;

  function apply(record: R, event: ComplianceEvent): Applied<R> {
    if (event.type === 'human_review.resolved') {
      return { record: closeReviews(record, event.subjectRef, settledBy(event)), outcome: 'applied' };
    }
    const schema = Object.hasOwn(schemas, event.type) ? schemas[event.type] : undefined;
    if (!schema) return reviewed(record, event, `unknown event type ${event.type}`);
    const payload = schema.safeParse(event.payload);
    if (!payload.success) {
      const issue = payload.error.issues[0];
      return reviewed(
        record,
        event,
        `payload ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unreadable'}`,
      );
    }
    const handler = handlers[event.type] as AnyHandler<R>;
    return withEnvelopeReview(handler(record, payload.data, event), event);
  }

  return {
    empty,
    apply,
    fold: (events) => inOrder(events).reduce((record, event) => apply(record, event).record, empty()),
  };
}

function settledBy({ payload }: ComplianceEvent): readonly string[] | null {
  const { eventIds } = payload;
  return Array.isArray(eventIds) ? eventIds.filter((id) => typeof id === 'string') : null;
}

function reviewed<R extends Reviewed>(record: R, event: ComplianceEvent, reason: string): Applied<R> {
  return { record: withReview(record, event, reason), outcome: { review: reason } };
}

/** The envelope's own review and the machine's both open one; a clean event closes its predecessor's. */
function withEnvelopeReview<R extends Reviewed>(applied: Applied<R>, event: ComplianceEvent): Applied<R> {
  if (event.review) {
    const { field, value, reason } = event.review;
    return reviewed(applied.record, event, `${field} "${value}": ${reason}`);
  }
  if (typeof applied.outcome === 'object' && 'review' in applied.outcome) {
    return reviewed(applied.record, event, applied.outcome.review);
  }
  if (applied.outcome !== 'applied') return applied;
  return { ...applied, record: withoutReview(applied.record, event) };
}

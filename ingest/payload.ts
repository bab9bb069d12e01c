import { payloadSchema } from '#contracts/events/catalogue';
import { issuePlaces } from './formats/schema.ts';
import type { DraftEvent, Outcome } from './source.ts';

/**
 * Holds a draft to its module's contract and fills in the defaults. A draft that does not fit is our mistake, not the
 * vendor's; it becomes a dead letter rather than a wrong fact.
 */
export function checkedOutcome(outcome: Outcome): Outcome {
  if (outcome.kind !== 'event') return outcome;
  const checked = checkedPayload(outcome.draft);
  if (checked.ok) return { kind: 'event', draft: { ...outcome.draft, payload: checked.payload } };
  return {
    kind: 'dead_letter',
    reason: 'payload_invalid',
    detail: checked.detail,
    subject: outcome.draft.subject,
  };
}

type Checked = { ok: true; payload: DraftEvent['payload'] } | { ok: false; detail: string };

function checkedPayload(draft: DraftEvent): Checked {
  const name = `${draft.module}.${draft.type}`;
  const schema = payloadSchema(draft.module, draft.type);
  if (!schema) return { ok: false, detail: `${name} is not an event type of this module` };
  const result = schema.safeParse(draft.payload);
  if (result.success) return { ok: true, payload: result.data as DraftEvent['payload'] };
  const [first] = issuePlaces(result.error.issues);
  return { ok: false, detail: `${name}: ${first?.path || '(root)'}: ${first?.message ?? 'does not fit'}` };
}

/** Topic of a compliance event. */
export function topicOf(draft: { module: string; type: string }): string {
  return `compliance.${draft.module}.${draft.type}`;
}

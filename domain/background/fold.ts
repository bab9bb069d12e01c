import type { ComplianceEvent } from '#contracts/compliance-event';
import { backgroundEvents, type BackgroundPayload } from '#contracts/events/background';
import { createFold, type Applied, type Handlers } from '#domain/folding';
import { orderHandlers } from './order-readings.ts';
import { emptyRecord, type BackgroundRecord } from './record.ts';

const dated = (event: ComplianceEvent) => ({ at: event.occurredAt, eventId: event.id });

function disclose(
  record: BackgroundRecord,
  payload: BackgroundPayload<'disclosure.given'>,
  event: ComplianceEvent,
): Applied<BackgroundRecord> {
  return { record: { ...record, disclosure: { ...payload, ...dated(event) } }, outcome: 'applied' };
}

function authorise(
  record: BackgroundRecord,
  payload: BackgroundPayload<'authorisation.given'>,
  event: ComplianceEvent,
): Applied<BackgroundRecord> {
  return { record: { ...record, authorisation: { ...payload, ...dated(event) } }, outcome: 'applied' };
}

const handlers: Handlers<BackgroundRecord, typeof backgroundEvents> = {
  'disclosure.given': disclose,
  'authorisation.given': authorise,
  ...orderHandlers,
};

/** The background record of one employee as a pure fold over that employee's `background` events. */
export const backgroundFold = createFold({ schemas: backgroundEvents, handlers, empty: emptyRecord });

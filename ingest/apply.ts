import { complianceEventSchema, type ComplianceEvent } from '#contracts/compliance-event';
import type { EndpointId, TenantId } from '#contracts/ids';
import type { PolicyDriver } from '#domain/policy-driver';
import type { BatchHandler, LogRecord } from '#platform/event-log';
import type { Log } from '#platform/log';
import type { FateStore } from './fates/fates.ts';
import type { Measures } from './measures.ts';
import { isEngineFault } from './pipeline/engine-fault.ts';

export interface ApplyDeps {
  driver: Pick<PolicyDriver, 'applyEvents'>;
  /** Keeps what cannot be applied, for a person to look at. */
  fates: FateStore;
  log: Log;
  measures: Measures;
}

const decoder = new TextDecoder();

type Read = { record: LogRecord; event: ComplianceEvent } | { record: LogRecord; fault: string };

function read(record: LogRecord): Read {
  try {
    const parsed = complianceEventSchema.safeParse(JSON.parse(decoder.decode(record.value)));
    if (parsed.success) return { record, event: parsed.data };
    const first = parsed.error.issues[0];
    return { record, fault: `not a compliance event: ${first?.path.join('.')}: ${first?.message}` };
  } catch {
    return { record, fault: 'not JSON' };
  }
}

type Readable = Extract<Read, { event: ComplianceEvent }>;

/** The raw body was understood, so it is no help: the letter names the event alone. */
async function fileUnapplied(fates: FateStore, { record, event }: Readable): Promise<void> {
  const arrival = {
    record,
    tenantId: event.tenantId,
    endpointId: (event.source.endpointId ?? '') as EndpointId,
    vendor: event.source.vendor,
    receivedAt: event.receivedAt,
    // The event itself, so that sending it round again begins here and not at the vendor's body.
    rawRef: `${record.topic}/${record.partition}/${record.offset}`,
    deliveryKey: event.source.dedupeKey,
    admitsPeople: false,
    matched: {},
  };
  const detail = `${event.module} ${event.type} could not be applied; nothing of it took effect.`;
  const letter = {
    arrival,
    item: event.id,
    reason: 'apply_failed',
    detail,
    subject: null,
    raw: null,
    preview: '',
  };
  await fates.file(event.tenantId, { deadLetters: [letter], drops: [] });
}

/**
 * Step "apply" of the pipeline, for topics `compliance.*`: each tenant's events of a batch have their effect in one
 * transaction. A fault of the engine makes the batch come again; an event that cannot be applied by itself is taken
 * out, alone, and kept as a dead letter, so that it never blocks those behind it.
 */
export function createApplyConsumer(deps: ApplyDeps): BatchHandler {
  async function applyTenant(tenantId: TenantId, items: readonly Readable[]): Promise<void> {
    try {
      const { fresh } = await deps.driver.applyEvents(
        tenantId,
        items.map(({ event }) => event),
      );
      deps.measures.tally('apply', { applied: fresh, repeated: items.length - fresh });
    } catch (error) {
      if (isEngineFault(error)) throw error;
      const [only] = items;
      if (items.length === 1 && only) {
        deps.log.error({ err: error }, 'an event could not be applied and became a dead letter');
        await fileUnapplied(deps.fates, only);
        deps.measures.tally('apply', { dead_letter: 1 });
        return;
      }
      const half = Math.ceil(items.length / 2);
      await applyTenant(tenantId, items.slice(0, half));
      await applyTenant(tenantId, items.slice(half));
    }
  }

  return async function apply(records) {
    const items = records.map(read);
    for (const item of items) {
      // This floor writes these topics itself, so this is a defect; without a tenant there is no inbox to file it in.
      if ('fault' in item)
        deps.log.error({ topic: item.record.topic, reason: item.fault }, 'a record is no compliance event');
    }
    const readable = items.filter((item): item is Readable => 'event' in item);
    deps.measures.tally('apply', { unreadable: items.length - readable.length });
    for (const [tenantId, ofTenant] of Map.groupBy(readable, ({ event }) => event.tenantId)) {
      await applyTenant(tenantId, ofTenant);
    }
  };
}

import { complianceEventSchema, type ComplianceEvent } from '#contracts/compliance-event';
import type { TenantId } from '#contracts/ids';
import type { PolicyDriver } from '#domain/policy-driver';
import type { BatchHandler, LogRecord } from '#platform/event-log';
import { PlumblineError } from '#platform/errors';
import type { Log } from '#platform/log';
import { isRetryable } from '#platform/postgres';

export interface ApplyDeps {
  driver: Pick<PolicyDriver, 'applyEvents'>;
  /** Keeps an event that cannot be applied, with the reason, for a person to look at. */
  deadLetter: (record: LogRecord, event: ComplianceEvent | null, reason: string) => Promise<void>;
  log: Log;
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

/** Faults that pass: the same batch may well succeed later. */
function isEngineFault(error: unknown): boolean {
  return isRetryable(error) || (error instanceof PlumblineError && error.kind === 'unavailable');
}

type Readable = Extract<Read, { event: ComplianceEvent }>;

/**
 * Step "apply" of the pipeline, for topics `compliance.*`: each tenant's events of a batch have their effect in one
 * transaction. A fault of the engine makes the batch come again; an event that cannot be applied by itself is taken
 * out, alone, and kept as a dead letter, so that it never blocks those behind it.
 */
export function createApplyConsumer(deps: ApplyDeps): BatchHandler {
  async function applyTenant(tenantId: TenantId, items: readonly Readable[]): Promise<void> {
    try {
      await deps.driver.applyEvents(
        tenantId,
        items.map(({ event }) => event),
      );
    } catch (error) {
      if (isEngineFault(error)) throw error;
      const [only] = items;
      if (items.length === 1 && only) {
        deps.log.error({ err: error }, 'an event could not be applied and became a dead letter');
        await deps.deadLetter(only.record, only.event, 'apply_failed');
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
      if ('fault' in item) await deps.deadLetter(item.record, null, item.fault);
    }
    const readable = items.filter((item): item is Readable => 'event' in item);
    for (const [tenantId, ofTenant] of Map.groupBy(readable, ({ event }) => event.tenantId)) {
      await applyTenant(tenantId as TenantId, ofTenant);
    }
  };
}

import type { ComplianceEvent } from '#contracts/compliance-event';
import type { Module } from '#contracts/modules';
import { openJson, sealJson, type Keys } from '#platform/keys';
import type { Tx } from '#platform/postgres';
import type { ModuleRecord } from './model.ts';

/**
 * Payloads and records are stored under the person's key: tests, criminal and health records, licences, positions, and the
 * profiles of lifecycle events. All but those of training, which say that a course was done and when.
 */
export const openModule = 'training';
const isSealed = (module: string): boolean => module !== openModule;

/** Parts of a payload by which the review queue keeps an unannounced test hidden; see domain/reviews. */
function openParts(payload: unknown): Record<string, unknown> {
  const { channel, test } = (payload ?? {}) as { channel?: unknown; test?: { reason?: unknown } | null };
  const reason = test?.reason;
  return { ...(channel !== undefined && { channel }), ...(reason !== undefined && { test: { reason } }) };
}

const payloadPlace = (id: string) => ({ table: 'compliance_events', column: 'payload', row: id });

interface RecordRow {
  readonly employeeId: string;
  readonly module: Module;
}

const recordPlace = ({ employeeId, module }: RecordRow) => ({
  table: 'records',
  column: 'record',
  row: `${employeeId} ${module}`,
});

/** The payloads as they are stored, in the order given. All events are of one tenant. */
export async function sealPayloads(
  keys: Pick<Keys, 'seal'>,
  tx: Tx,
  events: readonly Pick<ComplianceEvent, 'id' | 'tenantId' | 'employeeId' | 'module' | 'payload'>[],
): Promise<unknown[]> {
  const secret = events.filter(({ module }) => isSealed(module));
  const [first] = secret;
  if (first === undefined) return events.map(({ payload }) => payload);
  const sealed = await sealJson(
    keys,
    tx,
    first.tenantId,
    secret.map(({ id, employeeId, payload }) => ({
      subject: employeeId,
      place: payloadPlace(id),
      value: payload,
      open: openParts(payload),
    })),
  );
  const byEvent = new Map(secret.map((event, at) => [event, sealed[at]]));
  return events.map((event) => byEvent.get(event) ?? event.payload);
}

/** Payloads of one tenant's events; that of an erased person is empty. */
export function openPayloads(
  keys: Pick<Keys, 'open'>,
  tx: Tx,
  tenantId: string,
  rows: readonly { readonly id: string; readonly payload: unknown }[],
): Promise<ComplianceEvent['payload'][]> {
  const items = rows.map(({ id, payload }) => ({ place: payloadPlace(id), value: payload }));
  return openJson<ComplianceEvent['payload']>(keys, tx, tenantId, items, {});
}

/** The records as they are stored, in the order given. */
export async function sealRecords(
  keys: Pick<Keys, 'seal'>,
  tx: Tx,
  tenantId: string,
  stored: readonly (RecordRow & { readonly record: ModuleRecord })[],
): Promise<unknown[]> {
  const secret = stored.filter(({ module }) => isSealed(module));
  const sealed = await sealJson(
    keys,
    tx,
    tenantId,
    secret.map((one) => ({ subject: one.employeeId, place: recordPlace(one), value: one.record })),
  );
  const byRecord = new Map(secret.map((one, at) => [one, sealed[at]]));
  return stored.map((one) => byRecord.get(one) ?? one.record);
}

/** In the order given; null for the record of an erased person. */
export function openRecords(
  keys: Pick<Keys, 'open'>,
  tx: Tx,
  tenantId: string,
  rows: readonly (RecordRow & { readonly record: unknown })[],
): Promise<(ModuleRecord | null)[]> {
  const items = rows.map((row) => ({ place: recordPlace(row), value: row.record }));
  return openJson<ModuleRecord | null>(keys, tx, tenantId, items, null);
}

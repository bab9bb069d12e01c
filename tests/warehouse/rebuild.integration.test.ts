import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { idPrefixes, type IdKind } from '#contracts/ids';
import { eventsAppliedTopic, flagsChangedTopic } from '#domain/policy-driver';
import { createWarehouseConsumer, rebuildWarehouse, type RebuildWarehouseDeps } from '#ingest';
import type { ClickHouse } from '#platform/clickhouse';
import { systemClock } from '#platform/clock';
import { openPostgresEventLog, type NewRecord, type PostgresEventLog } from '#platform/event-log';
import { createSilentLog } from '#platform/log';
import type { Postgres } from '#platform/postgres';
import { createDayRollup, createLoader, migrateWarehouse, openRebuild } from '#warehouse';
import { openTestClickHouse } from '../support/clickhouse.ts';
import { openTestDatabase } from '../support/database.ts';

const log = createSilentLog();
const clock = systemClock;
const placeNames = () => Promise.resolve(new Map<string, string>());
const never = new AbortController().signal;
const encoder = new TextEncoder();
const id = (kind: IdKind, number: number) => `${idPrefixes[kind]}_0${String(number).padStart(25, '0')}`;
const dayMs = 86_400_000;

let postgres: Postgres;
let eventLog: PostgresEventLog;
let clickhouse: ClickHouse;
let appended = 0;

beforeAll(async () => {
  postgres = await openTestDatabase();
  eventLog = await openPostgresEventLog({ postgres, clock, log });
  clickhouse = await openTestClickHouse();
  await migrateWarehouse(clickhouse);
}, 60_000);
afterAll(async () => {
  await clickhouse.close();
  await eventLog.close();
  await postgres.close();
});

/** An applied event and the flag change that it caused, some days ago. */
function recordsOf(number: number): NewRecord[] {
  const person = number % 40;
  const at = new Date(clock.nowMs() - (1 + (number % 5)) * dayMs + number).toISOString();
  const ids = { tenantId: id('tenant', person % 2), employeeId: id('employee', person) };
  const places = { divisionId: id('division', person % 3), locationId: null, jobRoleId: null };
  const applied = {
    event: {
      id: id('event', number),
      schemaVersion: 1,
      ...ids,
      module: 'dot',
      type: 'document.verified',
      subjectRef: `doc-${number}`,
      occurredAt: at,
      receivedAt: at,
      version: 0,
      source: { vendor: 'checkr', endpointId: null, dedupeKey: `d${number}`, rawRef: null },
      payload: { number },
      review: null,
    },
    person: { name: `Person ${person}`, phase: 'active', ...places },
    appliedAt: at,
  };
  const change = {
    id: id('flagChange', number),
    ...ids,
    ...places,
    sequence: number + 1,
    audience: 'all',
    name: `Person ${person}`,
    module: 'dot',
    from: { flag: 'none', hold: false },
    to: { flag: number % 3 === 0 ? 'red' : 'green', hold: false },
    short: '',
    summary: '',
    leadRuleId: null,
    nextChangeAt: null,
    nextFlag: null,
    receivedAt: at,
    decidedAt: at,
  };
  const record = (topic: string, value: object): NewRecord => ({
    topic,
    key: ids.employeeId,
    value: encoder.encode(JSON.stringify(value)),
    headers: {},
  });
  return [record(eventsAppliedTopic, applied), record(flagsChangedTopic, change)];
}

async function append(count: number): Promise<void> {
  await eventLog.append(Array.from({ length: count }, (_, at) => recordsOf(appended + at)).flat());
  appended += count;
}

/** The consumer of the running application. */
function startConsumer() {
  return eventLog.consume(
    { group: 'warehouse', topics: [eventsAppliedTopic, flagsChangedTopic], maxBatch: 300 },
    createWarehouseConsumer({
      loader: createLoader({ clickhouse, clock, log }),
      placeNames,
      clock,
      fullBatch: 1,
    }),
  );
}

async function settled(consumer: ReturnType<typeof startConsumer>): Promise<void> {
  while ((await consumer.lag()) > 0) await sleep(20);
}

async function ask(name: string, sql: string): Promise<readonly [string, number | undefined]> {
  const result = await clickhouse.client.query({ query: sql, format: 'JSONEachRow' });
  const [row] = await result.json<{ n: number }>();
  return [name, row?.n];
}

async function numbers(): Promise<Record<string, number>> {
  const plain = (table: string) => ask(table, `SELECT toUInt32(count()) AS n FROM ${table} FINAL`);
  return Object.fromEntries(
    await Promise.all([
      ...['compliance_events', 'flag_changes', 'flags_current', 'people'].map(plain),
      ask('status_days', 'SELECT toInt32(sum(people)) AS n FROM status_days'),
    ]),
  ) as Record<string, number>;
}

async function run(over: Partial<RebuildWarehouseDeps> = {}, fresh = false) {
  const rebuild = await openRebuild({ clickhouse, clock, log, fresh });
  const done = await rebuildWarehouse({
    rebuild,
    eventLog,
    placeNames,
    signal: never,
    onProgress: () => {},
    evenIfDifferent: false,
    replaced: 'drop',
    settleMs: 0,
    lookAgainMs: 0,
    ...over,
  });
  return { ...done, isNew: rebuild.isNew };
}

describe('rebuilding the warehouse from the log', () => {
  beforeEach(async () => {
    const consumer = startConsumer();
    await append(500);
    await settled(consumer);
    await consumer.stop();
    await createDayRollup({ clickhouse, clock, log }).run();
  });

  test('an equal warehouse takes the place of the one in use; every day of every table is told', async () => {
    const before = await numbers();
    const { outcome, days } = await run();
    expect(outcome).toBe('exchanged');
    expect(days.filter((day) => !day.isEqual)).toEqual([]);
    expect(new Set(days.map((day) => day.table))).toEqual(
      new Set(['compliance_events', 'flag_changes', 'flags_current', 'people', 'status_days']),
    );
    expect(days.filter((day) => day.table === 'compliance_events')).toHaveLength(5);
    expect(before).toMatchObject({ compliance_events: appended, flag_changes: appended, people: 40 });
    expect(await numbers()).toEqual(before);
  }, 60_000);

  test('what was lost or doubled is seen by day, and nothing is exchanged unless told to; then it is mended', async () => {
    const right = await numbers();
    await clickhouse.client.command({
      query: 'ALTER TABLE flag_changes DELETE WHERE employee_id = {lost:String} SETTINGS mutations_sync = 2',
      query_params: { lost: id('employee', 7) },
    });
    const damaged = await numbers();
    expect(damaged['flag_changes']).toBeLessThan(right['flag_changes'] ?? 0);
    const found = await run();
    expect(found.outcome).toBe('differs');
    expect(new Set(found.days.filter((day) => !day.isEqual).map((day) => day.table))).toEqual(
      new Set(['flag_changes']),
    );
    expect(await numbers()).toEqual(damaged);

    expect(await run({ evenIfDifferent: true })).toMatchObject({ outcome: 'exchanged', isNew: false });
    expect(await numbers()).toEqual(right);
  }, 60_000);

  test('interrupted in the middle and while tables are exchanged, it goes on; traffic loses and doubles nothing', async () => {
    const stopping = new AbortController();
    const first = await run({ signal: stopping.signal, onProgress: () => stopping.abort() }, true);
    expect(first).toMatchObject({ outcome: 'interrupted', isNew: true });

    const consumer = startConsumer();
    const over = new AbortController();
    const traffic = (async () => {
      while (!over.signal.aborted) {
        await append(5);
        await sleep(60);
      }
    })();
    const second = await openRebuild({ clickhouse, clock, log });
    const dying = {
      ...second,
      exchange: () => second.exchange().then(() => Promise.reject(new Error('died'))),
    };
    const died = rebuildWarehouse({
      rebuild: dying,
      eventLog,
      placeNames,
      signal: never,
      onProgress: () => {},
      evenIfDifferent: true,
      replaced: 'drop',
      settleMs: 0,
      lookAgainMs: 0,
    });
    await expect(died).rejects.toThrow('died');
    expect(await run()).toMatchObject({ outcome: 'exchanged', isNew: false, days: [] });
    over.abort();
    await traffic;
    await settled(consumer);
    await consumer.stop();
    expect(await numbers()).toMatchObject({
      compliance_events: appended,
      flag_changes: appended,
      flags_current: 80,
      people: 40,
    });
  }, 120_000);
});

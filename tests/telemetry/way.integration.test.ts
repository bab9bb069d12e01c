import { InMemorySpanExporter, SimpleSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { sources } from '#ingest';
import { createLog } from '#platform/log';
import { createMeter } from '#platform/telemetry';
import { createTracing } from '../../platform/telemetry/otel.ts';
import { call, openLive, type LiveSocket } from '../isolation/ask.ts';
import { context, openApp, plantCompany, type Planted, type PlantedCompany } from '../isolation/companies.ts';
import { deliver, lifeOf } from '../isolation/messages.ts';
import { signIn, type Asker } from '../isolation/viewers.ts';

// Starts all engines and waits for the warehouse.
vi.setConfig({ testTimeout: 60_000 });

const token = 'a token of some letters';
const exporter = new InMemorySpanExporter();
const lines: Record<string, unknown>[] = [];

let planted: Planted;
let alder: PlantedCompany;
let manager: Asker;
let admin: Asker;
let stranger: Asker;
let socket: LiveSocket;

const asker = (name: string, role: Asker['role'], cookie: string): Asker => ({
  name,
  role,
  cookie,
  reaches: null,
  people: new Set(),
});

beforeAll(async () => {
  const tracing = createTracing({ serviceName: 'test', ratio: 1 }, new SimpleSpanProcessor({ exporter }));
  const destination = {
    write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>),
  };
  const log = createLog({ level: 'debug', destination, trace: tracing.current });
  const telemetry = { meter: createMeter({ log }), tracing };
  planted = await openApp({ telemetry, log, env: { METRICS_TOKEN: token } });
  const { identity, ingest } = planted.app.services;
  alder = await plantCompany(planted.app, 'Alder');
  const borealis = await plantCompany(planted.app, 'Borealis');
  const named = { kind: 'compliance' as const, name: 'Overseer', zone: 'America/Chicago' };
  const overseer = await identity.createTenant(named, context);
  await identity.oversee(overseer, alder.tenantId, context);
  await ingest.directory.refresh();
  const as = async (name: string, tenantId: PlantedCompany['tenantId'], role: Asker['role'] & string) =>
    asker(name, role, await signIn({ planted }, name, { tenantId, role }, tenantId));
  admin = await as('admin', alder.tenantId, 'CompanyAdmin');
  stranger = await as('stranger', borealis.tenantId, 'CompanyAdmin');
  manager = await as('manager', overseer, 'ComplianceManager');
  const opened = await openLive(planted.origin, admin, 'live.flags');
  if (typeof opened === 'number') throw new Error(`the socket was refused: ${opened}`);
  socket = opened;
  const at = { origin: planted.origin, nowMs: planted.clock.nowMs() };
  for (const message of lifeOf(alder, planted.clock.nowMs())) await deliver(at, alder, message);
  await ingest.flushHealth();
  await planted.app.settle();
  await vi.waitFor(() => expect(socket.texts.join('')).toContain('"flags"'), 10_000);
}, 120_000);

afterAll(async () => {
  socket.close();
  await planted.close();
});

const scrape = (authorization?: string) =>
  fetch(`${planted.origin}/metrics`, authorization === undefined ? {} : { headers: { authorization } });

/** The samples of our own metrics: name with labels → value. */
async function samples(): Promise<Map<string, number>> {
  const text = await (await scrape(`Bearer ${token}`)).text();
  const own = text.split('\n').filter((line) => line.startsWith('plumbline_'));
  return new Map(
    own.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))] as const),
  );
}

describe('metrics', () => {
  test('are for whoever brings the token', async () => {
    expect((await scrape()).status).toBe(401);
    expect((await scrape('Bearer another token')).status).toBe(401);
    const answer = await scrape(`Bearer ${token}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  });

  test('tell the way of real messages from the door to the screen', async () => {
    const found = await samples();
    const value = (name: string) => found.get(name) ?? Number.NaN;
    const accepted = value('plumbline_webhooks_total{vendor="standard-webhooks",outcome="accepted"}');
    expect(accepted).toBeGreaterThan(20);
    expect(value('plumbline_webhooks_total{vendor="standard-webhooks",outcome="unauthenticated"}')).toBe(1);
    expect(value('plumbline_http_request_seconds_count{class="webhook",method="POST",status="4xx"}')).toBe(1);
    const events = value('plumbline_pipeline_records_total{stage="normalise",outcome="event"}');
    const dead = value('plumbline_pipeline_records_total{stage="normalise",outcome="dead_letter"}');
    const applied = value('plumbline_pipeline_records_total{stage="apply",outcome="applied"}');
    expect(dead).toBeGreaterThan(0);
    expect(applied).toBe(events);
    expect(value('plumbline_warehouse_rows_total{table="compliance_events",outcome="written"}')).toBe(
      applied,
    );
    expect(value('plumbline_consumer_records_total{group="apply",outcome="handled"}')).toBe(events);
    expect(value('plumbline_consumer_batch_records_sum{group="apply"}')).toBe(events);
    expect(value('plumbline_event_to_flag_seconds_count')).toBeGreaterThan(10);
    expect(value('plumbline_event_to_screen_seconds_count')).toBeGreaterThan(10);
    expect(value('plumbline_event_to_screen_seconds_count')).toBeLessThanOrEqual(
      value('plumbline_event_to_flag_seconds_count'),
    );
    for (const group of ['normalise', 'fetch', 'apply', 'live', 'warehouse'])
      expect(value(`plumbline_consumer_lag_records{group="${group}"}`), group).toBe(0);
    const open = [...found].filter(([name]) => name.startsWith('plumbline_dead_letters_open'));
    expect(open.reduce((sum, [, count]) => sum + count, 0)).toBe(dead);
    expect(value('plumbline_outbox_records')).toBe(0);
    expect(value('plumbline_vendor_silence_seconds{vendor="checkr"}')).toBe(0);
    expect(value('plumbline_live_sockets')).toBe(1);
    expect(value('plumbline_postgres_pool_connections{state="idle"}')).toBeGreaterThanOrEqual(0);
  });

  test('do not grow with companies, people or what a sender writes', async () => {
    const before = await samples();
    for (let turn = 0; turn < 40; turn += 1)
      await fetch(`${planted.origin}/webhooks/ep_${turn}?vendor=${turn}`, { method: 'POST', body: '{}' });
    for (let turn = 0; turn < 10; turn += 1) await fetch(`${planted.origin}/nowhere/${turn}`);
    const after = await samples();
    const added = [...after.keys()].filter((name) => !before.has(name));
    const names = new Set(added.map((name) => name.replace(/\{.*/, '').replace(/_(bucket|sum|count)$/, '')));
    expect([...names].toSorted()).toEqual(['plumbline_http_request_seconds', 'plumbline_webhooks_total']);
    expect(after.get('plumbline_webhooks_total{vendor="unknown",outcome="not_found"}')).toBe(40);
    const vendors = [...sources.map(({ vendor }) => vendor), 'unknown', 'other'];
    const allowed = new RegExp(`^(${vendors.join('|')})$`);
    for (const name of after.keys()) {
      for (const [, label, value = ''] of name.matchAll(/(\w+)="([^"]*)"/g)) {
        expect(value, name).not.toMatch(/(ten|emp|usr|evt|flc|dlv)_|alder|borealis/i);
        if (label === 'vendor') expect(value).toMatch(allowed);
      }
    }
    expect(after.size).toBeLessThan(1500);
  });
});

const traceOf = (span: ReadableSpan): string => span.spanContext().traceId;

/** Spans from one up to the root of its trace. */
function upwards(span: ReadableSpan, all: readonly ReadableSpan[]): string[] {
  const parent = all.find((one) => one.spanContext().spanId === span.parentSpanContext?.spanId);
  return [span.name, ...(parent ? upwards(parent, all) : [])];
}

describe('traces', () => {
  test('go without a gap from the request to the frame and to the warehouse', () => {
    const spans = exporter.getFinishedSpans();
    const frame = spans.find((span) => span.name === 'live frame');
    expect(frame).toBeDefined();
    const trace = spans.filter((span) => frame && traceOf(span) === traceOf(frame));
    expect(upwards(frame as ReadableSpan, trace)).toEqual([
      'live frame',
      'consume apply',
      'consume normalise',
      'event log append',
      'POST /webhooks/',
    ]);
    const transaction = trace.filter(({ name }) => name === 'postgres transaction');
    const above = transaction.map((span) => upwards(span, trace)[1]);
    expect(above).toEqual(expect.arrayContaining(['consume normalise', 'consume apply']));
    const [loaded] = spans.filter(({ name }) => name === 'clickhouse insert');
    expect(upwards(loaded as ReadableSpan, spans)).toEqual([
      'clickhouse insert',
      'consume warehouse',
      'consume apply',
      'consume normalise',
      'event log append',
      'POST /webhooks/',
    ]);
  });

  test('of one batch are each complete, and link to where its work is told', () => {
    const batched = exporter
      .getFinishedSpans()
      .filter(({ name, links }) => name === 'consume warehouse' && links.length);
    expect(batched.length).toBeGreaterThan(0);
    for (const span of batched) expect(span.links[0]?.context.traceId).not.toBe(span.spanContext().traceId);
  });

  test('name no company and no person', () => {
    const told = exporter
      .getFinishedSpans()
      .map(({ name, attributes, status }) => JSON.stringify([name, attributes, status.message]));
    for (const text of told) expect(text).not.toMatch(/(ten|emp|usr|evt|flc)_|alder|borealis|@/i);
  });

  test('stand in the lines that were written on the way', () => {
    const known = new Set(exporter.getFinishedSpans().map((span) => span.spanContext().traceId));
    const traced = lines.filter((line) => line['msg'] === 'batch loaded');
    expect(traced.length).toBeGreaterThan(0);
    for (const line of traced) expect(known).toContain(line['traceId']);
    const outside = lines.filter((line) => line['msg'] === 'analytics engine ready');
    for (const line of outside) expect(line['traceId']).toBeUndefined();
  });
});

const ask = async (who: Asker, path: string) => {
  const { status, text } = await call(planted.origin, who, path, { kind: 'query' }, undefined);
  const answer = JSON.parse(text) as { result?: { data: Record<string, unknown> } };
  return { status, text, data: answer.result?.data };
};

describe('the status screen', () => {
  test('shows a company its own numbers', async () => {
    const own = await ask(admin, 'status.read');
    expect(own.data).toMatchObject({
      keepingUp: true,
      mayOperate: false,
      engines: [
        { name: 'postgres', up: true },
        { name: 'clickhouse', up: true },
      ],
      warehouse: { answered: true, newestReceivedAt: planted.clock.now() },
    });
    const { latencies } = own.data as {
      latencies: { decided: { count: number }; screen: { count: number } };
    };
    expect(latencies.decided.count).toBeGreaterThan(10);
    expect(latencies.screen.count).toBeGreaterThan(10);
    expect(Number(own.data?.['openDeadLetters'])).toBeGreaterThan(0);
  });

  test('shows another company nothing of them', async () => {
    const { data } = await ask(stranger, 'status.read');
    expect(data).toMatchObject({
      latencies: { decided: { count: 0 }, screen: { count: 0 } },
      openDeadLetters: 0,
      warehouse: { newestReceivedAt: null },
    });
  });

  test('shows the whole platform to who oversees it, and to nobody else', async () => {
    for (const who of [admin, stranger]) {
      const refused = await ask(who, 'status.platform');
      expect(refused.status).toBe(403);
      expect(refused.text).toContain('identity.operations_not_permitted');
    }
    const platform = await ask(manager, 'status.platform');
    expect(platform.status).toBe(200);
    expect(platform.text).not.toMatch(/(ten|emp|usr|end)_|alder|borealis/i);
    const { vendors, latencies } = platform.data as {
      vendors: { vendor: string; endpoints: number; openDeadLetters: number }[];
      latencies: { screen: { count: number } };
    };
    expect(vendors.find(({ vendor }) => vendor === 'checkr')).toMatchObject({ endpoints: 2 });
    expect(latencies.screen.count).toBeGreaterThan(10);
  });
});

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { WebSocket, type RawData } from 'ws';
import type { FlagChanged, LiveFrame } from '#contracts/live';
import { createCountingIds } from '#platform/ids';
import { createLiveHub, defaultLiveOptions, type LiveOptions } from './live.ts';
import { createPseudonyms } from './pseudonyms.ts';
import type { AppRouter } from './router.ts';
import { change, viewer, type ViewerParts } from './testing.ts';
import type { ViewerSession } from './context.ts';

const ids = createCountingIds();
const tenantId = ids.next('tenant');
const north = ids.next('division');
const south = ids.next('division');
const origin = 'https://plumbline.test';

const opened: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).toReversed()) await close();
});

/** A hub on a real port, with sessions and a change table in memory (the outside of the hub). */
async function start(options: Partial<LiveOptions> = {}) {
  const sessions = new Map<string, ViewerSession>();
  const table: FlagChanged[] = [];
  const errors: unknown[] = [];
  const hub = createLiveHub({
    onPublished: () => undefined,
    onSent: () => undefined,
    sessions: { peek: async (headers) => sessions.get(headers.get('cookie') ?? '') ?? null },
    history: {
      head: async () => table.at(-1)?.sequence ?? 0,
      since: async (_tenant, after, limit) => table.filter((one) => one.sequence > after).slice(0, limit),
    },
    pseudonyms: createPseudonyms(new Uint8Array(32)),
    options: { ...defaultLiveOptions, origins: [origin], repairMs: 50, sweepMs: 20, ...options },
    onError: (error) => errors.push(error),
  });
  const server: Server = createServer();
  server.on('upgrade', (request, socket, head) => void hub.handleUpgrade(request, socket, head));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws`;
  opened.push(async () => {
    await hub.shutdown(0);
    server.closeAllConnections();
    server.close();
  });
  const signIn = (name: string, parts: ViewerParts) => {
    const session = { sessionId: `session-${name}`, viewer: viewer(tenantId, parts) };
    sessions.set(`sid=${name}`, session);
    return session;
  };
  /** Writes to the table and hands over to the hub, as the consumer does. */
  const happen = (parts: Partial<FlagChanged> = {}, publish = true) => {
    const made = change({ tenantId, divisionId: north, sequence: table.length + 1, ...parts });
    table.push(made);
    if (publish) hub.publish([made]);
    return made;
  };
  return { hub, url, sessions, signIn, happen, table, errors };
}

function textOf(data: RawData): string {
  return Buffer.isBuffer(data) ? data.toString() : '';
}

function openSocket(url: string, headers: Record<string, string>): Promise<WebSocket | number> {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(url, { headers });
    ws.on('open', () => resolve(ws));
    ws.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    ws.on('error', reject);
    opened.push(() => ws.terminate());
  });
}

/** The stock client of the pages. */
function watch(url: string, name: string, after?: number) {
  const sockets: WebSocket[] = [];
  class Socket extends WebSocket {
    constructor(address: string) {
      super(address, { headers: { cookie: `sid=${name}`, origin } });
      sockets.push(this);
    }
  }
  const frames: LiveFrame[] = [];
  const closes: number[] = [];
  const client = createWSClient({
    url,
    WebSocket: Socket as unknown as typeof globalThis.WebSocket,
    retryDelayMs: () => 20,
    onClose: (cause) => closes.push(cause?.code ?? 0),
  });
  const api = createTRPCClient<AppRouter>({ links: [wsLink({ client })] });
  const started = vi.fn();
  const subscription = api.live.flags.subscribe(after === undefined ? undefined : { after }, {
    onStarted: started,
    onData: (tracked) => frames.push(tracked.data),
  });
  opened.push(() => {
    subscription.unsubscribe();
    return client.close();
  });
  const changes = () => frames.flatMap((frame) => (frame.type === 'flags' ? frame.changes : []));
  return {
    frames,
    closes,
    sockets,
    changes,
    sequences: () => changes().map((one) => one.sequence),
    subscribed: () => vi.waitFor(() => expect(started).toHaveBeenCalled(), { timeout: 3000 }),
  };
}

describe('the door', () => {
  test('opens only for our own pages with a session, at /ws', async () => {
    const { url, signIn } = await start();
    signIn('dana', { role: 'CompanyAdmin' });
    signIn('bill', { role: 'BillingAdmin' });
    const good = { cookie: 'sid=dana', origin };
    expect(await openSocket(url, { cookie: 'sid=dana' })).toBe(403);
    expect(await openSocket(url, { ...good, origin: 'https://evil.test' })).toBe(403);
    expect(await openSocket(url, { origin })).toBe(401);
    expect(await openSocket(url, { ...good, cookie: 'sid=stolen' })).toBe(401);
    expect(await openSocket(url.replace('/ws', '/other'), good)).toBe(404);
    expect(await openSocket(url, { ...good, cookie: 'sid=bill' })).toBe(403);
    expect(await openSocket(url, good)).toBeInstanceOf(WebSocket);
  });

  test('lets a user open only so many sockets', async () => {
    const { url, signIn } = await start({ maxSocketsPerUser: 1 });
    signIn('dana', { role: 'CompanyAdmin' });
    expect(await openSocket(url, { cookie: 'sid=dana', origin })).toBeInstanceOf(WebSocket);
    expect(await openSocket(url, { cookie: 'sid=dana', origin })).toBe(429);
  });
});

describe('frames', () => {
  test('reach the stock client, and only those whose scope holds the person', async () => {
    const { url, signIn, happen } = await start();
    signIn('admin', { role: 'CompanyAdmin' });
    signIn('safety', { role: 'SafetyManager', divisionIds: [south] });
    const admin = watch(url, 'admin');
    const safety = watch(url, 'safety');
    await Promise.all([admin.subscribed(), safety.subscribed()]);
    await wait(30);
    happen({ divisionId: north });
    happen({ divisionId: south, module: 'background' });
    await vi.waitFor(() => expect(admin.sequences()).toEqual([1, 2]));
    await vi.waitFor(() => expect(safety.sequences()).toEqual([2]));
    expect(safety.changes()[0]).toMatchObject({ summary: '', leadRuleId: null, to: { flag: 'red' } });
  });

  test('go out at once for the first change and gather the burst behind it', async () => {
    const { url, signIn, happen } = await start({ coalesceMs: 80 });
    signIn('admin', { role: 'CompanyAdmin' });
    const admin = watch(url, 'admin');
    await admin.subscribed();
    await wait(30);
    for (let count = 0; count < 20; count += 1) happen();
    await vi.waitFor(() => expect(admin.frames).toHaveLength(1), { timeout: 60, interval: 5 });
    expect(admin.sequences()).toEqual([1]);
    await vi.waitFor(() => expect(admin.sequences()).toHaveLength(20));
    expect(admin.frames).toHaveLength(2);
  });

  test('start where the page was read', async () => {
    const { url, signIn, happen } = await start();
    signIn('admin', { role: 'CompanyAdmin' });
    for (let count = 0; count < 5; count += 1) happen();
    const admin = watch(url, 'admin', 3);
    await vi.waitFor(() => expect(admin.sequences()).toEqual([4, 5]));
  });

  test('come without loss or duplicate when the socket drops', async () => {
    const { url, signIn, happen } = await start({ coalesceMs: 5 });
    signIn('admin', { role: 'CompanyAdmin' });
    const admin = watch(url, 'admin', 0);
    await admin.subscribed();
    for (let count = 1; count <= 60; count += 1) {
      happen();
      if (count % 20 === 0) admin.sockets.at(-1)?.terminate();
      if (count % 5 === 0) await wait(10);
    }
    const all = Array.from({ length: 60 }, (_, at) => at + 1);
    await vi.waitFor(() => expect(admin.sequences()).toHaveLength(60), { timeout: 3000 });
    expect(admin.sequences()).toEqual(all);
    expect(admin.sockets.length).toBeGreaterThan(1);
  });

  test('that arrive out of order or twice go out once, and a lost one is read from the database', async () => {
    const { hub, url, signIn, happen } = await start({ coalesceMs: 5 });
    signIn('admin', { role: 'CompanyAdmin' });
    const admin = watch(url, 'admin');
    await admin.subscribed();
    await wait(30);
    const first = happen({}, false);
    const second = happen({}, false);
    happen({}, false);
    const fourth = happen({}, false);
    hub.publish([fourth]);
    hub.publish([second, fourth]);
    hub.publish([first]);
    await vi.waitFor(() => expect(admin.sequences().toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4]), {
      timeout: 2000,
    });
    await wait(100);
    expect(admin.sequences()).toHaveLength(4);
  });

  test('are replaced by a resync when too many were missed', async () => {
    const { url, signIn, happen } = await start({ maxReplay: 10 });
    signIn('admin', { role: 'CompanyAdmin' });
    for (let count = 0; count < 30; count += 1) happen();
    const admin = watch(url, 'admin', 3);
    await vi.waitFor(() => expect(admin.frames).toEqual([{ type: 'resync', reason: 'gap too old' }]));
    happen();
    await vi.waitFor(() => expect(admin.sequences()).toEqual([31]));
  });

  test('of a slow viewer are dropped, and a resync follows when it catches up', async () => {
    const { url, signIn, happen } = await start({ maxBufferedBytes: 200_000, coalesceMs: 1 });
    signIn('admin', { role: 'CompanyAdmin' });
    const socket = await openSocket(url, { cookie: 'sid=admin', origin });
    if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
    const frames: LiveFrame[] = [];
    socket.on('message', (data) => {
      const { result } = JSON.parse(textOf(data)) as { result: { type: string; data?: { data: LiveFrame } } };
      if (result.data !== undefined) frames.push(result.data.data);
    });
    socket.send(JSON.stringify({ id: 1, method: 'subscription', params: { path: 'live.flags' } }));
    await wait(50);
    socket.pause();
    const summary = 'x'.repeat(20_000);
    for (let count = 0; count < 600; count += 1) {
      happen({ summary });
      if (count % 20 === 0) await wait(2);
    }
    socket.resume();
    await vi.waitFor(() => expect(frames.at(-1)).toMatchObject({ type: 'resync' }), { timeout: 5000 });
    happen({ summary: 'after' });
    await vi.waitFor(() => expect(frames.at(-1)).toMatchObject({ changes: [{ summary: 'after' }] }));
  });
});

describe('a socket', () => {
  test('closes when its user signs out, and the others stay', async () => {
    const { hub, url, signIn, happen, sessions } = await start();
    const dana = signIn('dana', { role: 'CompanyAdmin' });
    signIn('omar', { role: 'DER' });
    const one = watch(url, 'dana');
    const other = watch(url, 'omar');
    await Promise.all([one.subscribed(), other.subscribed()]);
    await wait(30);
    sessions.delete('sid=dana');
    expect(hub.closeSession(dana.sessionId)).toBe(1);
    await vi.waitFor(() => expect(one.closes).toContain(4401));
    happen();
    await vi.waitFor(() => expect(other.sequences()).toEqual([1]));
    expect(one.frames).toEqual([]);
  });

  test('closes at the next check when the session ended or the rights changed elsewhere', async () => {
    const { hub, url, signIn, sessions } = await start();
    signIn('dana', { role: 'CompanyAdmin' });
    const omar = signIn('omar', { role: 'DER' });
    const one = watch(url, 'dana');
    const other = watch(url, 'omar');
    await Promise.all([one.subscribed(), other.subscribed()]);
    await hub.recheck();
    expect([...one.closes, ...other.closes]).toEqual([]);
    sessions.delete('sid=dana');
    const demoted = viewer(tenantId, { role: 'HROnboarding' });
    sessions.set('sid=omar', { ...omar, viewer: demoted });
    await hub.recheck();
    await vi.waitFor(() => expect(one.closes).toContain(4401));
    await vi.waitFor(() => expect(other.closes).toContain(4403));
  });

  test('is told to reconnect before the process ends', async () => {
    const { hub, url, signIn } = await start();
    signIn('dana', { role: 'CompanyAdmin' });
    const socket = await openSocket(url, { cookie: 'sid=dana', origin });
    if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
    const texts: string[] = [];
    socket.on('message', (data) => texts.push(textOf(data)));
    const closed = once(socket, 'close');
    await hub.shutdown(20);
    expect(JSON.parse(texts[0] ?? '')).toEqual({ id: null, method: 'reconnect' });
    expect((await closed)[0]).toBe(1012);
  });

  test('that sends what is no message is closed', async () => {
    const { url, signIn } = await start();
    signIn('dana', { role: 'CompanyAdmin' });
    const socket = await openSocket(url, { cookie: 'sid=dana', origin });
    if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
    const closed = once(socket, 'close');
    socket.send('{nonsense');
    expect((await closed)[0]).toBe(1008);
  });
});

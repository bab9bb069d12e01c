import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSilentLog } from '#platform/log';
import { createEmbeddedClickHouse, createServerClickHouse, type EmbeddedClickHouse } from './index.ts';

const dir = mkdtempSync(join(tmpdir(), 'plumbline-ch-'));
let engine: EmbeddedClickHouse;
let port: Server;

beforeAll(async () => {
  engine = await createEmbeddedClickHouse({ dir, log: createSilentLog() });
  // The engine's HTTP interface on a TCP port, as a server would have it.
  port = createServer((socket) => {
    const inner = connect(join(dir, 'bridge.sock'));
    socket.on('error', () => inner.destroy());
    inner.on('error', () => socket.destroy());
    socket.pipe(inner).pipe(socket);
  });
  await new Promise<void>((resolve) => {
    port.listen(0, '127.0.0.1', resolve);
  });
});
afterAll(async () => {
  port.close();
  await engine.close();
  rmSync(dir, { recursive: true, force: true });
});

test('makes its database and works in it, compressed both ways', async () => {
  const url = `http://127.0.0.1:${(port.address() as AddressInfo).port}`;
  const server = await createServerClickHouse({ url, database: 'other`s' });
  await server.client.command({ query: 'CREATE TABLE texts (text String) ORDER BY text' });
  const values = Array.from({ length: 5000 }, (_, at) => ({ text: `text ${String(at).padStart(5, '0')}` }));
  await server.client.insert({ table: 'texts', values, format: 'JSONEachRow' });
  const back = await server.client.query({
    query: 'SELECT text FROM texts ORDER BY text',
    format: 'JSONEachRow',
  });
  expect(await back.json()).toEqual(values);
  const here = await server.client.query({ query: 'SELECT currentDatabase() AS d', format: 'JSONEachRow' });
  expect(await here.json()).toEqual([{ d: 'other`s' }]);
  await server.close();
});

test('a server that cannot be reached is an error at once', async () => {
  await expect(createServerClickHouse({ url: 'http://127.0.0.1:1' })).rejects.toThrow(/ECONNREFUSED/);
});

import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { servicesEnvironment } from './environment.ts';
import { freePort } from './host.ts';
import { findServices, removeServices, startServices, temporaryFolder, type Service } from './index.ts';

/** The one service that needs no download; all go through the same hands. */
let folder: string;
let service: Service;

const silent = () => {};

async function ask(query: string): Promise<string> {
  const response = await fetch(service.url, {
    method: 'POST',
    body: query,
    signal: AbortSignal.timeout(2000),
  });
  return (await response.text()).trim();
}

beforeAll(async () => {
  folder = temporaryFolder();
  const services = await startServices({
    folder,
    only: ['clickhouse'],
    ports: { kafka: 0, postgres: 0, clickhouse: 0 },
  });
  service = services.clickhouse;
});
afterAll(() => removeServices(folder, silent));

describe('a service', () => {
  it('answers at its address, and another terminal finds it', async () => {
    expect(await ask('select 1')).toBe('1');
    const found = findServices(folder, silent);
    expect(found.clickhouse.pid).toBe(service.pid);
    expect(servicesEnvironment(found, folder)).toMatchObject({ TEST_CLICKHOUSE_URL: service.url });
    expect(servicesEnvironment(found, folder)).not.toHaveProperty('DATABASE_URL');
  });

  it('keeps data and port over kill -9 and restart', async () => {
    await ask('create table kept (n UInt8) order by n');
    await ask('insert into kept values (7)');
    const before = service.pid;
    await service.kill();
    expect(service.pid).toBeNull();
    await expect(ask('select 1')).rejects.toThrow('fetch failed');
    await service.restart();
    expect(service.pid).not.toBe(before);
    expect(await ask('select n from kept')).toBe('7');
  });

  it('holds still while paused, and goes on', async () => {
    await service.pause();
    await expect(ask('select 1')).rejects.toThrow(/timeout/);
    await service.resume();
    expect(await ask('select 1')).toBe('1');
  });

  it('is taken over, not started twice, by a second start', async () => {
    const lines: string[] = [];
    const again = await startServices({ folder, only: ['clickhouse'], say: (line) => lines.push(line) });
    expect(again.clickhouse.pid).toBe(service.pid);
    expect(lines).toEqual([`clickhouse runs already: ${service.url}`]);
  });

  it('says so when somebody else took its port, and starts when it is free again', async () => {
    await service.stop();
    const port = Number(new URL(service.url).port);
    const squatter: Server = createServer();
    await new Promise<void>((resolve) => {
      squatter.listen(port, '127.0.0.1', resolve);
    });
    await expect(service.restart()).rejects.toMatchObject({ code: 'services.port_taken' });
    squatter.close();
    await service.restart();
  });
});

it('another port is chosen where the wished one is taken', async () => {
  const port = Number(new URL(service.url).port);
  expect(await freePort(port)).not.toBe(port);
});

describe('a download that no registry gives', () => {
  afterEach(() => void vi.unstubAllEnvs());

  it('is named with what to do, once the other services stand and can be removed', async () => {
    const apart = temporaryFolder();
    vi.stubEnv('SERVICES_CACHE', path.join(apart, 'cache'));
    vi.stubEnv('SERVICES_MAVEN_URL', 'http://127.0.0.1:9');
    const starting = startServices({
      folder: apart,
      only: ['kafka', 'clickhouse'],
      ports: { kafka: 0, postgres: 0, clickhouse: 0 },
    });
    await expect(starting).rejects.toMatchObject({
      code: 'services.unreachable',
      detail: expect.stringMatching(/127\.0\.0\.1:9, which did not answer.*HTTPS_PROXY/),
    });
    const { clickhouse } = findServices(apart, silent);
    expect(await clickhouse.isRunning()).toBe(true);
    await removeServices(apart, silent);
    expect(await clickhouse.isRunning()).toBe(false);
  });
});

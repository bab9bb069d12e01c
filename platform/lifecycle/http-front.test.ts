import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { systemClock } from '#platform/clock';
import { createSilentLog } from '#platform/log';
import { createLifecycle, serveHttp, type HttpFrontOptions } from './index.ts';

interface Answer {
  status: number;
  headers: Record<string, unknown>;
}

function ask(port: number, agent: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, agent }, (response) => {
      response.resume().on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers });
      });
    });
    asked.on('error', reject).end();
  });
}

/** A front whose requests are answered when `release` is called. */
async function start(noticeMs = 0, more: Partial<HttpFrontOptions> = {}) {
  const lifecycle = createLifecycle({ log: createSilentLog(), clock: systemClock, noticeMs });
  const waiting: (() => void)[] = [];
  let hold = true;
  const { port } = await serveHttp({
    host: '127.0.0.1',
    port: 0,
    lifecycle,
    handle: (_request, response) => {
      const answer = () => void response.end('done');
      if (hold) waiting.push(answer);
      else answer();
    },
    ...more,
  });
  const arrived = async (count: number) => {
    while (waiting.length < count) await pause(2);
  };
  const release = () => {
    hold = false;
    for (const answer of waiting.splice(0)) answer();
  };
  return { lifecycle, port, arrived, release };
}

const pause = (ms: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, ms);
  });

describe('serveHttp', () => {
  it('finishes requests under way, accepts no more, and ends', async () => {
    const { lifecycle, port, arrived, release } = await start();
    const agent = new Agent({ keepAlive: true });
    const slow = ask(port, agent);
    await arrived(1);
    const closed = lifecycle.close('test');
    await pause(20);
    await expect(ask(port, new Agent())).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    release();
    expect(await slow).toMatchObject({ status: 200, headers: { connection: 'close' } });
    expect(await closed).toEqual([]);
  });

  it('answers a request on an open connection 503 with the time to come again', async () => {
    const { lifecycle, port, arrived, release } = await start();
    const busy = ask(port, new Agent());
    await arrived(1);
    const socket = connect(port, '127.0.0.1');
    socket.write('POST /webhooks/x HTTP/1.1\r\nhost: x\r\ncontent-le');
    await pause(20);
    const closed = lifecycle.close('test');
    await pause(20);
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.write('ngth: 0\r\n\r\n');
    while (!text.includes('process.ending')) await pause(5);
    expect(text).toMatch(/^HTTP\/1\.1 503 /);
    expect(text.toLowerCase()).toContain('retry-after: 2');
    release();
    await busy;
    await closed;
  });

  it('serves during its notice, but closes connections', async () => {
    const { lifecycle, port, release } = await start(60);
    release();
    const closed = lifecycle.close('test');
    expect(lifecycle.ending()).toBe(true);
    expect(lifecycle.signal.aborted).toBe(false);
    const answer = await ask(port, new Agent({ keepAlive: true }));
    expect(answer).toMatchObject({ status: 200, headers: { connection: 'close' } });
    await closed;
  });

  it('gives up on a request that never ends, after the time for the last ones', async () => {
    const { lifecycle, port, arrived } = await start(0, { lastRequestsMs: 30 });
    const stuck = ask(port, new Agent());
    await arrived(1);
    const seen = expect(stuck).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await lifecycle.close('test')).toEqual([]);
    await seen;
  });

  it('says when the port is taken', async () => {
    const { port } = await start();
    await expect(start(0, { port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

import { describe, expect, it } from 'vitest';
import type { Engine } from './engine.ts';
import { createMendingSession } from './session.ts';

/** A stand-in for the engine: a real one dies only on a full disk. */
function engineThat(answer: (text: string) => Uint8Array<ArrayBuffer>) {
  const received: string[] = [];
  const engine: Engine = {
    exec: async (messages) => {
      const text = Buffer.from(messages).toString();
      received.push(text);
      return answer(text);
    },
    close: () => Promise.resolve(),
  };
  return { engine, received };
}

const nothing = new Uint8Array();
const quiet = { onBroken: () => {}, onReopened: () => {} };
const reopenEveryMs = 1;
const insert = Buffer.from('Qinsert');

/** Dies of the statement, lives until then. */
const mortal = () =>
  engineThat((text) => {
    if (text.startsWith('Qinsert')) throw new Error('PANIC: could not write to file "pg_wal/xlogtemp.42"');
    return nothing;
  });

describe('mending session', () => {
  it('begins anew for each client', async () => {
    const { engine, received } = engineThat(() => nothing);
    await createMendingSession(engine, { reopen: null, ...quiet }).connect();
    expect(received.map((text) => text.slice(5, -1))).toEqual(['rollback', 'discard all']);
  });

  it('never calls an engine again that died, and goes on with a new one', async () => {
    const first = mortal();
    const second = engineThat(() => nothing);
    const broken: Error[] = [];
    const reopened = Promise.withResolvers<void>();
    const session = createMendingSession(first.engine, {
      reopen: () => Promise.resolve(second.engine),
      onBroken: (error) => broken.push(error),
      onReopened: reopened.resolve,
      reopenEveryMs,
    });
    const exec = await session.connect();
    const unavailable = { code: 'postgres.engine_broken', kind: 'unavailable' };
    await expect(exec(insert)).rejects.toMatchObject(unavailable);
    const calls = first.received.length;
    await expect(exec(insert)).rejects.toMatchObject(unavailable);
    await expect(session.connect()).rejects.toMatchObject(unavailable);
    expect(first.received.length).toBe(calls);
    expect(broken.map((error) => error.message)).toEqual([expect.stringContaining('PANIC')]);
    await reopened.promise;
    const again = await session.connect();
    await again(insert);
    expect(second.received.at(-1)).toBe('Qinsert');
    await session.close();
  });

  it('lets no client of the dead engine reach the new one: its statements are not there', async () => {
    const first = mortal();
    const second = engineThat(() => nothing);
    const reopened = Promise.withResolvers<void>();
    const session = createMendingSession(first.engine, {
      reopen: () => Promise.resolve(second.engine),
      onBroken: () => {},
      onReopened: reopened.resolve,
      reopenEveryMs,
    });
    const exec = await session.connect();
    await exec(insert).catch(() => {});
    await reopened.promise;
    await expect(exec(insert)).rejects.toMatchObject({ code: 'postgres.engine_broken' });
    expect(second.received).toEqual([]);
    await session.close();
  });

  it('tries again when the engine cannot be opened', async () => {
    const first = mortal();
    const second = engineThat(() => nothing);
    let tries = 0;
    const reopened = Promise.withResolvers<void>();
    const session = createMendingSession(first.engine, {
      reopen: () => {
        tries += 1;
        return tries === 1 ? Promise.reject(new Error('disk full')) : Promise.resolve(second.engine);
      },
      onBroken: () => {},
      onReopened: reopened.resolve,
      reopenEveryMs,
    });
    const exec = await session.connect();
    await exec(insert).catch(() => {});
    await reopened.promise;
    expect(tries).toBe(2);
    await session.close();
  });
});

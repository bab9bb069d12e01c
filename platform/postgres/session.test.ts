import { messages } from '@electric-sql/pglite';
import { describe, expect, it } from 'vitest';
import { createMendingSession, type Engine } from './session.ts';

/** A stand-in for the engine: a real one dies only on a full disk. */
function engineThat(answer: (message: Uint8Array) => Awaited<ReturnType<Engine['execProtocolStream']>>) {
  const received: string[] = [];
  const engine: Engine = {
    waitReady: Promise.resolve(),
    execProtocolStream: async (message) => {
      received.push(Buffer.from(message).toString());
      return answer(message);
    },
    close: () => Promise.resolve(),
  };
  return { engine, received };
}

function panic() {
  const error = new messages.DatabaseError('could not write to file "pg_wal/xlogtemp.42"', 100, 'error');
  error.severity = 'PANIC';
  return error;
}

describe('mending session', () => {
  it('sends a parameterised query as one message', async () => {
    const { engine, received } = engineThat(() => []);
    const session = createMendingSession(engine, { reopen: null, onBroken: () => {}, onReopened: () => {} });
    for (const part of ['Pparse', 'Bbind', 'Ddescribe', 'Eexecute', 'Ssync', 'Qselect']) {
      await session.execProtocolStream(Buffer.from(part));
    }
    expect(received).toEqual(['PparseBbindDdescribeEexecuteSsync', 'Qselect']);
  });

  it('never calls an engine again that panicked, and goes on with a new one', async () => {
    const first = engineThat(() => [panic()]);
    const second = engineThat(() => []);
    const broken: Error[] = [];
    let reopened: (() => void) | undefined;
    const mended = new Promise<void>((resolve) => {
      reopened = resolve;
    });
    const session = createMendingSession(first.engine, {
      reopen: () => Promise.resolve(second.engine),
      onBroken: (error) => broken.push(error),
      onReopened: () => reopened?.(),
    });
    const query = () => session.execProtocolStream(Buffer.from('Qinsert'));
    await expect(query()).rejects.toMatchObject({ code: 'postgres.engine_broken', kind: 'unavailable' });
    await expect(query()).rejects.toMatchObject({ code: 'postgres.engine_broken' });
    expect(first.received.length).toBe(1);
    expect(broken.length).toBe(1);
    await mended;
    await query();
    expect(second.received).toEqual(['Qinsert']);
    await session.close();
  });

  it('takes an engine that throws for broken', async () => {
    const { engine } = engineThat(() => {
      throw new Error('unreachable');
    });
    const session = createMendingSession(engine, { reopen: null, onBroken: () => {}, onReopened: () => {} });
    await expect(session.execProtocolStream(Buffer.from('Q'))).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('passes ordinary errors on as answers', async () => {
    const wrong = new messages.DatabaseError('duplicate key', 100, 'error');
    wrong.severity = 'ERROR';
    const { engine } = engineThat(() => [wrong]);
    const session = createMendingSession(engine, { reopen: null, onBroken: () => {}, onReopened: () => {} });
    expect(await session.execProtocolStream(Buffer.from('Q'))).toEqual([wrong]);
  });
});

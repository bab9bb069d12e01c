import { EventEmitter, once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { systemClock } from '#platform/clock';
import { createSilentLog } from '#platform/log';
import { closeOnSignals, createLifecycle } from './index.ts';

const make = (timeLimitMs?: number) =>
  createLifecycle({
    log: createSilentLog(),
    clock: systemClock,
    ...(timeLimitMs === undefined ? {} : { timeLimitMs }),
  });

describe('lifecycle', () => {
  it('closes in reverse order, one after the other', async () => {
    const lifecycle = make();
    const order: string[] = [];
    for (const name of ['database', 'log', 'server']) {
      lifecycle.onClose(name, async () => {
        order.push(`${name} begins`);
        await Promise.resolve();
        order.push(`${name} ends`);
      });
    }
    expect(await lifecycle.close('test')).toEqual([]);
    expect(order).toEqual([
      'server begins',
      'server ends',
      'log begins',
      'log ends',
      'database begins',
      'database ends',
    ]);
  });

  it('closes the rest when a part throws, and names it', async () => {
    const lifecycle = make();
    let closed = false;
    lifecycle.onClose('database', () => {
      closed = true;
    });
    lifecycle.onClose('server', () => {
      throw new Error('no');
    });
    expect(await lifecycle.close('test')).toEqual(['server']);
    expect(closed).toBe(true);
  });

  it('leaves a part behind that takes too long', async () => {
    const lifecycle = make(20);
    lifecycle.onClose('fast', () => {});
    lifecycle.onClose('stuck', () => new Promise<void>(() => {}));
    expect(await lifecycle.close('test')).toEqual(['stuck']);
  });

  it('aborts its signal and closes only once', async () => {
    const lifecycle = make();
    let count = 0;
    lifecycle.onClose('server', () => {
      count += 1;
    });
    await Promise.all([lifecycle.close('one'), lifecycle.close('two')]);
    expect(count).toBe(1);
    expect(lifecycle.signal.aborted).toBe(true);
  });

  it('ends the process after a signal, with the outcome as exit code', async () => {
    const target = Object.assign(new EventEmitter(), {
      exit: (code: number) => void target.emit('ended', code),
    });
    const lifecycle = make(10);
    lifecycle.onClose('stuck', () => new Promise<void>(() => {}));
    closeOnSignals(lifecycle, target as unknown as NodeJS.Process);
    const ended = once(target, 'ended');
    target.emit('SIGTERM', 'SIGTERM');
    expect(await ended).toEqual([1]);
  });
});

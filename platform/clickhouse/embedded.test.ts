import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { prepareSocketPath } from './embedded.ts';
import { createReadiness } from './readiness.ts';
import { restartDelayMs } from './watched-child.ts';

const root = mkdtempSync(join(tmpdir(), 'plumbline-sock-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('socket path', () => {
  test('lies beside the data when it fits', () => {
    const folder = join(root, 'data');
    expect(prepareSocketPath(folder)).toBe(join(folder, 'bridge.sock'));
  });

  test('moves to a private folder when the data folder is too deep, always the same for the same data', () => {
    const folder = join(root, 'ü'.repeat(60), 'data');
    const path = prepareSocketPath(folder, root);
    expect(Buffer.byteLength(path)).toBeLessThanOrEqual(107);
    expect(path).toBe(prepareSocketPath(folder, root));
    expect(path).not.toBe(prepareSocketPath(join(folder, 'b'), root));
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
  });
});

test('a socket folder that others may enter is refused', () => {
  const folder = join(root, 'x'.repeat(120));
  const elsewhere = dirname(prepareSocketPath(folder, root));
  chmodSync(elsewhere, 0o777);
  expect(() => prepareSocketPath(folder, root)).toThrow('clickhouse.socket_folder_not_private');
});

test('restarts wait longer each time, up to ten seconds', () => {
  expect([1, 2, 3, 7, 8, 50].map(restartDelayMs)).toEqual([100, 200, 400, 6400, 10_000, 10_000]);
});

const why = () => 'not there';

describe('readiness', () => {
  test('waiters are let in when it comes up, later ones at once, until it goes down', async () => {
    const readiness = createReadiness();
    const early = readiness.wait(1000, why);
    readiness.up();
    await early;
    await readiness.wait(0, why);
    readiness.down();
    await expect(readiness.wait(5, why)).rejects.toThrow('not there');
  });

  test('the end rejects those who wait and those who come later', async () => {
    const readiness = createReadiness();
    const waiting = readiness.wait(1000, why);
    readiness.end(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
    await expect(readiness.wait(1000, why)).rejects.toThrow('stopped');
  });
});

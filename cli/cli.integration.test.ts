import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function plumbline(words: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const { PATH } = process.env;
  const env = { PATH, PLUMBLINE_DATA: folder };
  return new Promise((resolve) => {
    execFile(process.execPath, ['cli.ts', ...words], { cwd: root, env }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

describe('plumbline', () => {
  it('lists its commands, and explains one that is none', async () => {
    const help = await plumbline(['--help']);
    for (const word of ['web', 'ingest', 'worker', 'migrate', 'admin', 'simulate'])
      expect(help.out).toMatch(new RegExp(`^  ${word}\\b`, 'm'));
    const wrong = await plumbline(['wroker']);
    expect(wrong).toMatchObject({ code: 1 });
    expect(wrong.err).toContain('Did you mean worker?');
    expect(wrong.err).toContain('--help');
  });

  it.each([
    ['web', ['DATABASE_URL', 'CLICKHOUSE_URL']],
    ['worker', ['DATABASE_URL', 'CLICKHOUSE_URL']],
    ['ingest', ['DATABASE_URL']],
  ])('%s says which servers it needs, in its help and when they are missing', async (role, names) => {
    const [help, started] = await Promise.all([plumbline([role, '--help']), plumbline([role])]);
    expect(started.code).toBe(1);
    for (const name of names) {
      expect(help.out).toContain(name);
      expect(started.err).toContain(`${name}: is needed`);
    }
  });
});

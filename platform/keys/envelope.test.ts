import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openText, sealText, sealedBy } from './envelope.ts';
import { createLocalKms, newMasterKey } from './kms.ts';
import { addMasterKey, keepMasterKeyFile } from './master-key-file.ts';

const key = { id: 'key_1', key: newMasterKey() };
const place = { table: 'employees', column: 'birth_sealed', row: 'emp_1' };

test('a sealed text opens in its place, and names its key', () => {
  const sealed = sealText(key, 'ten_1', place, '1985-04-12');
  expect(sealed).not.toContain('1985');
  expect(sealedBy(sealed)).toBe('key_1');
  expect(openText(key, 'ten_1', place, sealed)).toBe('1985-04-12');
  expect(sealText(key, 'ten_1', place, '1985-04-12')).not.toBe(sealed);
});

test.each([
  ['another tenant', 'ten_2', place],
  ['another table', 'ten_1', { ...place, table: 'records' }],
  ['another column', 'ten_1', { ...place, column: 'base' }],
  ['another row', 'ten_1', { ...place, row: 'emp_2' }],
])('it does not open in %s', (_where, tenant, elsewhere) => {
  expect(openText(key, tenant, elsewhere, sealText(key, 'ten_1', place, 'x'))).toBeNull();
});

test('nor when any byte of it was changed, nor under another key of the same name', () => {
  const sealed = sealText(key, 'ten_1', place, 'some text');
  const at = sealed.lastIndexOf('.') + 1;
  const bytes = Buffer.from(sealed.slice(at), 'base64url');
  for (let index = 0; index < bytes.length; index += 1) {
    const changed = Buffer.from(bytes);
    changed[index] = (changed[index] ?? 0) ^ 1;
    const text = sealed.slice(0, at) + changed.toString('base64url');
    expect(openText(key, 'ten_1', place, text)).toBeNull();
  }
  expect(openText({ id: 'key_1', key: newMasterKey() }, 'ten_1', place, sealed)).toBeNull();
  expect(openText({ ...key, id: 'key_2' }, 'ten_1', place, sealed)).toBeNull();
});

test('text that was never sealed is told apart', () => {
  for (const text of ['', 'whsec_abc', 'plk1.key', 'plk1..x', 'plk2.key_1.x', 'a.b.c.d']) {
    expect(sealedBy(text)).toBeNull();
  }
});

test('a master key unwraps what it wrapped, in the same context alone', async () => {
  const [old, fresh] = [newMasterKey(), newMasterKey()];
  const before = createLocalKms([old]);
  const wrapped = await before.wrap(key.key, { tenant: 'ten_1', purpose: 'tenant' });
  const after = createLocalKms([fresh, old]);
  expect(after.keyId).not.toBe(before.keyId);
  const context = { purpose: 'tenant', tenant: 'ten_1' };
  expect(Buffer.from(await after.unwrap(wrapped, before.keyId, context))).toEqual(Buffer.from(key.key));
  await expect(after.unwrap(wrapped, before.keyId, { ...context, tenant: 'ten_2' })).rejects.toMatchObject({
    code: 'keys.wrapped_key_damaged',
  });
  await expect(createLocalKms([fresh]).unwrap(wrapped, before.keyId, context)).rejects.toMatchObject({
    code: 'keys.master_key_unknown',
  });
});

test('the file is made once, for its owner alone, and says what it is', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-keys-'));
  try {
    const file = path.join(folder, 'deeper', 'master-key');
    const told: string[] = [];
    const [made] = keepMasterKeyFile(file, (name) => told.push(name));
    expect(keepMasterKeyFile(file, (name) => told.push(name))).toEqual([made]);
    expect(told).toEqual([file]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toContain('Back it up');
    const both = addMasterKey(file);
    expect(both).toHaveLength(2);
    expect(both[1]).toEqual(made);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(keepMasterKeyFile(file, () => {})).toEqual(both);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

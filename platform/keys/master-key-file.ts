import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { newMasterKey } from './kms.ts';

const head = `# Plumbline master keys. WITHOUT THIS FILE ALL ENCRYPTED DATA IS LOST FOR GOOD.
# Back it up now, apart from the database and its back-ups: whoever has both can read everything.
# One key a line (base64, 32 bytes), the newest first; older ones open what they once wrapped. See docs/privacy.md.
`;

/**
 * The master keys of a file, the newest first. Makes the file with one key when there is none, readable by its owner
 * only (0600), and tells `onMade` so.
 */
export function keepMasterKeyFile(file: string, onMade: (file: string) => void): Uint8Array[] {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(file, `${head}${encode(newMasterKey())}\n`, { mode: 0o600, flag: 'wx', flush: true });
    onMade(file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return readMasterKeys(readFileSync(file, 'utf8'), file);
}

/** Puts a new master key before those of the file, which goes on holding them. Answers all of them. */
export function addMasterKey(file: string): Uint8Array[] {
  const keys = [newMasterKey(), ...readMasterKeys(readFileSync(file, 'utf8'), file)];
  // Beside and then over it: a crash must not leave half a file.
  const next = `${file}.next`;
  writeFileSync(next, `${head}${keys.map(encode).join('\n')}\n`, { mode: 0o600, flush: true });
  renameSync(next, file);
  return keys;
}

/** Reads keys in the form of the file. @param source names it in the error. */
export function readMasterKeys(text: string, source: string): Uint8Array[] {
  const lines = text.split('\n').filter((line) => !line.startsWith('#'));
  const given = lines.flatMap((line) => line.split(',')).map((key) => key.trim());
  const keys = given.filter((key) => key !== '').map((line) => Buffer.from(line, 'base64'));
  if (keys.length === 0 || keys.some((key) => key.length !== 32)) {
    throw new Error(
      `${source} holds no master keys: expected base64 of 32 bytes a line. Restore it from its back-up.`,
    );
  }
  return keys;
}

const encode = (key: Uint8Array): string => Buffer.from(key).toString('base64');

import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLog, createSilentLog, type Log } from '#platform/log';

/** Names the folder to the workers of a run; set by `logs-without-secrets.ts`. */
export const folderName = 'TEST_LOG_FOLDER';
const secretsFile = 'planted-secrets';

const folder = (): string | undefined => process.env[folderName];
const append = (file: string, text: string): void => {
  const at = folder();
  if (at !== undefined && existsSync(at)) appendFileSync(path.join(at, file), text);
};

/** Tells the end of the run that this must stand in no log. Short or common words would be found by chance. */
export function plantSecret<T extends string>(kind: string, secret: T): T {
  if (secret.length >= 8) append(secretsFile, `${kind}\t${Buffer.from(secret).toString('base64')}\n`);
  return secret;
}

/** A log at its wordiest that is searched when the run ends; silent where nobody collects. */
export function collectedLog(): Log {
  if (folder() === undefined) return createSilentLog();
  return createLog({
    level: 'debug',
    destination: { write: (line) => append(`app-${process.pid}.log`, line) },
  });
}

/** What a server in a process of its own printed. */
export const collectOutput = (output: string): void => append(`server-${process.pid}.log`, `${output}\n`);

/** Lines of collected logs that hold a planted secret, the secret cut out, by kind. */
export function findSecrets(at: string): string[] {
  const file = path.join(at, secretsFile);
  const planted = new Map(
    (existsSync(file) ? readFileSync(file, 'utf8') : '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split('\t'))
      .map(([kind = '', secret = '']) => [Buffer.from(secret, 'base64').toString(), kind]),
  );
  return readdirSync(at)
    .filter((name) => name.endsWith('.log'))
    .flatMap((name) => readFileSync(path.join(at, name), 'utf8').split('\n'))
    .flatMap((line) =>
      [...planted]
        .filter(([secret]) => line.includes(secret))
        .map(([secret, kind]) => `${kind}: ${line.replaceAll(secret, '…').slice(0, 300)}`),
    );
}

/** How much was collected, so that finding nothing means something. */
export const collectedBytes = (at: string): number =>
  readdirSync(at)
    .filter((name) => name.endsWith('.log'))
    .reduce((sum, name) => sum + readFileSync(path.join(at, name)).length, 0);

export const newFolder = (): string => mkdtempSync(path.join(tmpdir(), 'plumbline-logs-'));
export const dropFolder = (at: string): void => rmSync(at, { recursive: true, force: true });

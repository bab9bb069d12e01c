import { createHash } from 'node:crypto';
import { inspect, type FileKind, type FileRules, type SentFile } from './inspect.ts';
import type { Scanner } from './scanner.ts';

/**
 * `clean` a scanner looked and found nothing · `not_scanned` none is configured, and that is shown · `quarantined` kept
 * apart for somebody who answers for it · `refused` not kept.
 */
export type FileState = 'clean' | 'not_scanned' | 'quarantined' | 'refused';

export interface Admitted {
  readonly state: FileState;
  /** Null when it was refused. */
  readonly kind: FileKind | null;
  readonly mime: string | null;
  /** Why it was refused or put into quarantine, in words that may be shown; null otherwise. */
  readonly why: string | null;
  /** SHA-256 of the bytes, hex. */
  readonly digest: string;
}

/** Only these may be handed out or read by anything. */
export const mayBeRead = (state: FileState): boolean => state === 'clean' || state === 'not_scanned';

/** Decides what becomes of a file: nothing else may read it before. A scanner that fails never makes a file clean. */
export async function admit(
  file: SentFile,
  { rules, scanner, signal }: { rules: FileRules; scanner: Scanner; signal?: AbortSignal },
): Promise<Admitted> {
  const digest = createHash('sha256').update(file.bytes).digest('hex');
  const inspected = await inspect(file, rules);
  if (!inspected.ok) return { state: 'refused', kind: null, mime: null, why: inspected.why, digest };
  const known = { kind: inspected.kind, mime: inspected.mime, digest };
  const scanned = await scanner.scan(file.bytes, signal);
  switch (scanned.verdict) {
    case 'clean':
      return { ...known, state: 'clean', why: null };
    case 'not_scanned':
      return { ...known, state: 'not_scanned', why: null };
    case 'infected':
      return { ...known, state: 'quarantined', why: `the scanner found ${scanned.name}` };
    case 'failed':
      return { ...known, state: 'quarantined', why: `it could not be scanned: ${scanned.why}` };
  }
}

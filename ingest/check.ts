import { readFile } from 'node:fs/promises';
import type { Clock } from '#platform/clock';
import type { ErrorPlace } from '#platform/errors';
import { readJson } from './formats/json.ts';
import { readXml } from './formats/xml.ts';
import { checkedOutcome, topicOf } from './payload.ts';
import type { DraftEvent, NormaliseContext, Outcome, Source } from './source.ts';

/** What one file became, or why not. `result` names the most important of the lists that are not empty. */
export interface CheckResult {
  file: string;
  vendor: string | null;
  vendorDetected: boolean;
  /** What the bytes are in the vendor's words. */
  identified: string | null;
  result: 'event' | 'drop' | 'dead_letter' | 'rows_rejected' | 'error';
  events?: (DraftEvent & { topic: string })[];
  drops?: { reason: string; detail: string }[];
  deadLetters?: { reason: string; detail: string }[];
  rejectedRows?: ErrorPlace[];
  error?: CheckError;
}

interface CheckError {
  /** `file` = it cannot be read, `vendor` = not any or not this vendor's, the others as at the door. */
  stage: 'file' | 'vendor' | 'syntax' | 'schema';
  /** What the door would answer; null where no door is involved. */
  status: 400 | 422 | null;
  detail: string;
  places: readonly ErrorPlace[];
}

export interface CheckOptions {
  /** Null = find out. */
  vendor: string | null;
  sources: readonly Source[];
  clock: Clock;
  /** As on an endpoint, e.g. `{ channel: 'mro' }`. */
  settings?: Readonly<Record<string, unknown>>;
}

/** Runs files through parse and normalise, as the door and the pipeline would. No server, no database. */
export async function checkFiles(
  options: CheckOptions & { files: readonly string[] },
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const file of options.files) {
    const bytes = await readFile(file).catch((error: unknown) => readFailure(file, error));
    results.push(Buffer.isBuffer(bytes) ? checkBytes(file, bytes, options) : bytes);
  }
  return results;
}

/** 0 when every file became events, drops or dead letters; 2 when any is in error or has refused rows. */
export function exitCodeOf(results: readonly CheckResult[]): 0 | 2 {
  return results.some((one) => one.error !== undefined || one.rejectedRows !== undefined) ? 2 : 0;
}

/** One body, whatever it is called. */
export function checkBytes(file: string, bytes: Buffer, options: CheckOptions): CheckResult {
  const source = options.vendor === null ? detect(bytes, options.sources) : named(options);
  const identity = source?.identify(bytes) ?? null;
  const frame = {
    file,
    vendor: source?.vendor ?? options.vendor,
    vendorDetected: options.vendor === null,
    identified: identity?.what ?? null,
  };
  if (!source)
    return {
      ...frame,
      result: 'error',
      error: (options.vendor === null ? unreadable(bytes) : null) ?? unknownVendor(options),
    };
  const parsed = source.parse(bytes, {});
  if (!parsed.ok) {
    const other = identity ? null : detect(bytes, options.sources);
    const detail = other
      ? `${parsed.detail} (this looks like ${other.title}: ${other.identify(bytes)?.what})`
      : parsed.detail;
    const status = parsed.stage === 'syntax' ? 400 : 422;
    return {
      ...frame,
      result: 'error',
      error: { stage: parsed.stage, status, detail, places: parsed.places },
    };
  }
  const context: NormaliseContext = { receivedAt: options.clock.now(), settings: options.settings ?? {} };
  return { ...frame, ...sorted(source.normalise(parsed.value, context).map(checkedOutcome)) };
}

function sorted(outcomes: readonly Outcome[]) {
  const events: NonNullable<CheckResult['events']> = [];
  const drops: NonNullable<CheckResult['drops']> = [];
  const deadLetters: NonNullable<CheckResult['deadLetters']> = [];
  const rejectedRows: ErrorPlace[] = [];
  for (const outcome of outcomes) {
    if (outcome.kind === 'event') events.push({ topic: topicOf(outcome.draft), ...outcome.draft });
    else if (outcome.kind === 'drop') drops.push({ reason: outcome.reason, detail: outcome.detail });
    else if (outcome.kind === 'row_rejected') rejectedRows.push(outcome.place);
    else if (outcome.kind === 'fetch') {
      const detail = `${outcome.detail}; the vendor's API must be asked for ${outcome.request.path}`;
      deadLetters.push({ reason: 'needs_fetch', detail });
    } else deadLetters.push({ reason: outcome.reason, detail: outcome.detail });
  }
  const result: CheckResult['result'] =
    events.length > 0
      ? 'event'
      : deadLetters.length > 0
        ? 'dead_letter'
        : rejectedRows.length > 0
          ? 'rows_rejected'
          : 'drop';
  return {
    result,
    ...(events.length > 0 ? { events } : {}),
    ...(drops.length > 0 ? { drops } : {}),
    ...(deadLetters.length > 0 ? { deadLetters } : {}),
    ...(rejectedRows.length > 0 ? { rejectedRows } : {}),
  };
}

/** The source whose message it is; failing that, the one that at least knows what the document is. */
function detect(bytes: Buffer, sources: readonly Source[]): Source | null {
  const known = sources.map((source) => ({ source, identity: source.identify(bytes) }));
  const message = known.find(({ identity }) => identity?.message);
  return (message ?? known.find(({ identity }) => identity !== null))?.source ?? null;
}

/** What is wrong with a body that nobody can even read, by its look. */
function unreadable(bytes: Buffer): CheckError | null {
  const first = bytes
    .subarray(0, 64)
    .toString('latin1')
    .replace(/^[^!-~]+/, '')
    .charAt(0);
  const read = first === '<' ? readXml(bytes) : first === '{' || first === '[' ? readJson(bytes) : null;
  if (!read || read.ok) return null;
  return { stage: 'syntax', status: 400, detail: read.detail, places: read.places };
}

function named(options: CheckOptions): Source | null {
  return options.sources.find((source) => source.vendor === options.vendor) ?? null;
}

function unknownVendor(options: CheckOptions): CheckError {
  const list = options.sources.map((source) => source.vendor).join(', ');
  const detail =
    options.vendor === null
      ? `no vendor known here writes such a file; name one with --vendor (${list}) to see where it does not fit`
      : `no vendor is called "${options.vendor}"; known are ${list}`;
  return { stage: 'vendor', status: null, detail, places: [] };
}

function readFailure(file: string, error: unknown): CheckResult {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  const detail =
    code === 'ENOENT'
      ? 'there is no such file'
      : code === 'EISDIR'
        ? 'this is a folder; name files'
        : `cannot be read (${code})`;
  return {
    file,
    vendor: null,
    vendorDetected: false,
    identified: null,
    result: 'error',
    error: { stage: 'file', status: null, detail, places: [] },
  };
}

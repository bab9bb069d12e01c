import { existsSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Scope } from '#domain/identity';
import type { ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import type { Audience } from '../../metrics/scope.ts';
import type { Guard } from '../guard.ts';
import { sightOf } from '../sight.ts';
import { decoyText } from './decoys.ts';
import { firstPeople, hiddenRows } from './hidden-rows.ts';
import { makeRows, type MadeRows, type MadeText } from './two-companies.ts';

/** One line of SQL to try, with what it is about. */
export interface Attempt {
  readonly sql: string;
  readonly note: string;
}

/**
 * `refused` by the gate or for a missing right · `engine error` · `harmless` answered without anything that the asker
 * may not know · `LEAK` a hidden text in the answer, an answer that hidden rows change, a file read or written, no end.
 */
export const fates = ['refused', 'engine error', 'harmless', 'LEAK'] as const;
export type Fate = (typeof fates)[number];

export interface Tried extends Attempt {
  readonly fate: Fate;
  /** Why: code of the error, or what leaked. */
  readonly why: string;
  readonly tookMs: number;
}

/** Lines `SQL<TAB>-- note`; the note may be missing, empty lines and lines of a comment alone are skipped. */
export function readAttempts(text: string): Attempt[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trimStart().startsWith('--'))
    .map((line) => {
      const at = line.lastIndexOf('\t--');
      return at === -1
        ? { sql: line, note: '' }
        : { sql: line.slice(0, at), note: line.slice(at + 3).trim() };
    });
}

export interface TrialDeps {
  readonly clickhouse: ClickHouse;
  readonly guard: Pick<Guard, 'runGuarded'>;
  readonly scope: Scope;
  readonly audience: Audience;
  readonly clock: Pick<Clock, 'nowMs'>;
}

/** Longest that one attempt may take; the guard's own limit is far below. */
const patienceMs = 10_000;

/**
 * Tries every line as the asker, on rows of two companies: twice to know what changes by itself, and once more after
 * rows were added that the asker must not notice.
 * @param turn of the same tables; each asker has its own
 */
export async function tryAttempts(deps: TrialDeps, attempts: readonly Attempt[], turn = 0): Promise<Tried[]> {
  const { clickhouse } = deps;
  const sight = sightOf(deps.scope, deps.audience);
  const atMs = deps.clock.nowMs();
  const first = makeRows(firstPeople, atMs);
  if (turn === 0) await insertRows(clickhouse, first);
  const hidden = hiddenRows(sight, turn, atMs);
  const secrets = [...first.texts, ...hidden.texts].filter(({ isShown }) => !isShown(sight));
  const before = await askAll(deps, attempts);
  const again = await askAll(deps, attempts);
  await insertRows(clickhouse, hidden);
  const after = await askAll(deps, attempts);
  return attempts.map((attempt, at) =>
    judge(
      attempt,
      [before[at], again[at], after[at]].filter((said) => said !== undefined),
      secrets,
    ),
  );
}

export async function insertRows({ client }: Pick<ClickHouse, 'client'>, rows: MadeRows): Promise<void> {
  const { texts: _known, ...tables } = rows;
  for (const [table, made] of Object.entries(tables)) {
    const values: readonly Readonly<Record<string, unknown>>[] = made;
    if (values.length > 0) await client.insert({ table, values: [...values], format: 'JSONEachRow' });
  }
}

interface Said {
  readonly outcome: 'answered' | 'refused' | 'engine error' | 'no end';
  /** All that the asker is told. */
  readonly text: string;
  readonly code: string;
  readonly tookMs: number;
  readonly wrote: boolean;
}

async function askAll(deps: TrialDeps, attempts: readonly Attempt[]): Promise<Said[]> {
  const all: Said[] = [];
  for (const attempt of attempts) all.push(await askOne(deps, attempt));
  return all;
}

async function askOne({ guard, scope, clock }: TrialDeps, { sql }: Attempt): Promise<Said> {
  const startMs = clock.nowMs();
  const files = filesNamedIn(sql).filter((file) => !existsSync(file));
  const end = new AbortController();
  const answer = guard.runGuarded({ scope, sql, limits: { seconds: 2, memoryBytes: 300_000_000 } }).then(
    ({ columns, rows }) => ({
      outcome: 'answered' as const,
      code: '',
      // The engine orders rows that nobody ordered as they come: their order tells nothing.
      text: JSON.stringify([columns, rows.map((row) => JSON.stringify(row)).toSorted()]),
    }),
    (error: unknown) => tell(error),
  );
  const noEnd = sleep(patienceMs, null, { signal: end.signal }).then(
    () => ({ outcome: 'no end' as const, code: '', text: '' }),
    () => ({ outcome: 'no end' as const, code: '', text: '' }),
  );
  const said = await Promise.race([answer, noEnd]);
  end.abort();
  const written = files.filter((file) => existsSync(file));
  for (const file of written) rmSync(file, { force: true });
  return { ...said, tookMs: clock.nowMs() - startMs, wrote: written.length > 0 };
}

const before = /^warehouse\.(?:sql_|view_|module_)/;

function tell(error: unknown): Pick<Said, 'outcome' | 'text' | 'code'> {
  if (!(error instanceof PlumblineError))
    return { outcome: 'engine error', code: 'unmapped', text: String(error) };
  const { code, detail, places } = error;
  const outcome = before.test(code) ? 'refused' : 'engine error';
  return { outcome, code, text: JSON.stringify([code, detail, places]) };
}

/** Paths in quotes: a query that writes writes there. */
const filesNamedIn = (sql: string): string[] =>
  [...sql.matchAll(/'(\/[\w./-]+)'/g)].map(([, file]) => file ?? '');

/** Lines of /etc/passwd, and rows that no view shows. */
const foreign = new RegExp(`root:[x*]:0:0|/(?:bin|sbin)/(?:sh|bash|nologin)|${decoyText}\\d`);

function judge(attempt: Attempt, said: readonly Said[], secrets: readonly MadeText[]): Tried {
  const [first, again, after] = said;
  const tookMs = Math.max(...said.map((each) => each.tookMs));
  const made = (fate: Fate, why: string): Tried => ({ ...attempt, fate, why, tookMs });
  for (const each of said) {
    if (each.outcome === 'no end') return made('LEAK', `no end within ${patienceMs / 1000} s`);
    if (each.wrote) return made('LEAK', 'a file was written');
    if (foreign.test(each.text)) return made('LEAK', 'a file or a table beside the views was read');
    // What the asker wrote may come back.
    const found = secrets.find(({ text }) => each.text.includes(text) && !attempt.sql.includes(text));
    if (found !== undefined) return made('LEAK', `tells ${found.text}`);
  }
  const isSteady = first?.text === again?.text;
  if (isSteady && first?.text !== after?.text) {
    return made(
      'LEAK',
      `the answer differs with hidden rows: ${first?.text ?? ''} then ${after?.text ?? ''}`,
    );
  }
  if (first?.outcome === 'answered') return made('harmless', isSteady ? '' : 'differs by itself');
  return made(first?.outcome === 'refused' ? 'refused' : 'engine error', first?.code ?? '');
}

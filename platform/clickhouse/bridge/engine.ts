import { setTimeout as sleep } from 'node:timers/promises';
import { Session } from 'chdb';
import { EngineError, readEngineError } from './engine-error.ts';
import { createKeptSessions } from './kept-sessions.ts';
import { identifier, stringLiteral } from './literals.ts';
import { createTurns } from './turns.ts';

/** One HTTP request, understood. */
export interface Operation {
  sql: string;
  queryId: string;
  /** Output format when the SQL names none. */
  format: string;
  database: string | null;
  roles: readonly string[];
  settings: ReadonlyMap<string, string>;
  /** Values in the engine's escaped text form, as the client sends them. */
  params: ReadonlyMap<string, string>;
  session: { id: string; timeoutMs: number; mustExist: boolean } | null;
}

/** What the engine read to answer. */
export interface Work {
  rowsRead: number;
  bytesRead: number;
  elapsedS: number;
}

/** Takes a part of the answer; resolves when more may come. `work` is known only when the answer is in one part. */
export type Write = (bytes: Uint8Array, work: Work | null) => Promise<void>;

export interface Engine {
  readonly version: string;
  /**
   * Hands the answer over part by part. Throws EngineError; rejects with the signal's reason when aborted. An aborted
   * query is killed in the engine.
   */
  run(operation: Operation, signal: AbortSignal, write: Write): Promise<void>;
  /** Waits for running operations. */
  close(): Promise<void>;
}

export interface EngineOptions {
  folder: string;
  database: string;
  /** Most queries at once. Each holds one libuv thread until it ends. */
  concurrency: number;
  /** XML with users and roles; read only when the engine opens. */
  configFile: string | null;
}

/** Opens chDB on the folder. Throws when another process holds the folder. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  // Held open for the engine's life: sessions beside it then open in 0.06 ms. Also the one that kills queries.
  const control = new Session(options.folder, {
    connectionArgs: options.configFile === null ? [] : [`--config-file=${options.configFile}`],
  });
  await control.queryAsync(`CREATE DATABASE IF NOT EXISTS ${identifier(options.database)} ENGINE = Atomic`);
  const version = (await control.queryAsync('SELECT version()', { format: 'TabSeparatedRaw' })).text().trim();
  const turns = createTurns(options.concurrency);
  const kept = createKeptSessions(() => new Session(options.folder));
  const running = new Set<Promise<unknown>>();

  async function run(operation: Operation, signal: AbortSignal, write: Write): Promise<void> {
    const giveBack = await turns.take(signal);
    try {
      const holder = operation.session === null ? null : kept.take(operation.session);
      const session = holder?.session ?? new Session(options.folder);
      try {
        await execute(session, control, operation, signal, write);
      } finally {
        if (holder === null) session.close();
        else holder.giveBack();
      }
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw readEngineError(error);
    } finally {
      giveBack();
    }
  }

  return {
    version,
    run: (operation, signal, write) => {
      const task = run(operation, signal, write);
      running.add(task);
      const done = () => running.delete(task);
      task.then(done, done);
      return task;
    },
    close: async () => {
      await Promise.allSettled(running);
      kept.close();
      control.close();
    },
  };
}

async function execute(
  session: Session,
  control: Session,
  operation: Operation,
  signal: AbortSignal,
  write: Write,
): Promise<void> {
  // In one call: each would wait for a thread of its own.
  await session.queryAsync(preparation(operation).join(';\n'));
  await refuseSeveralStatements(session, operation.sql);
  signal.throwIfAborted();
  let ended = false;
  const onAbort = () => void killUntil(control, operation.queryId, () => ended);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const format = streamedFormat(operation);
    if (format === null) await answerAtOnce(session, operation, write);
    else await answerInParts(session, operation.sql, format, signal, write);
  } finally {
    ended = true;
    signal.removeEventListener('abort', onAbort);
  }
}

async function answerAtOnce(session: Session, operation: Operation, write: Write): Promise<void> {
  const result = await session.queryAsync(operation.sql, { format: operation.format });
  const { rowsRead, bytesRead, elapsed: elapsedS } = result;
  await write(result.bytes(), { rowsRead, bytesRead, elapsedS });
}

/** Memory stays that of a few blocks, however long the answer is. */
async function answerInParts(
  session: Session,
  sql: string,
  format: string,
  signal: AbortSignal,
  write: Write,
): Promise<void> {
  const stream = session.queryStream(sql, { format });
  try {
    for await (const chunk of stream) {
      signal.throwIfAborted();
      await write(chunk.raw(), null);
    }
  } finally {
    stream.cancel();
  }
}

/** Formats whose parts, put one after the other, are the whole: rows without a header, a frame or a footer. */
const streamable: ReadonlySet<string> = new Set([
  'JSONEachRow',
  'JSONCompactEachRow',
  'TabSeparated',
  'TSV',
  'CSV',
]);
const formatAtEnd = /\bFORMAT\s+(\w+)\s*;?\s*$/i;

/** The format in which this query can be answered in parts; null when it must be answered at once. */
export function streamedFormat({ sql, format }: Pick<Operation, 'sql' | 'format'>): string | null {
  if (!/^\s*(?:select|with)\b/i.test(sql) || /\binto\s+outfile\b/i.test(sql)) return null;
  const wanted = formatAtEnd.exec(sql)?.[1] ?? format;
  return streamable.has(wanted) ? wanted : null;
}

/**
 * Statements that give a fresh session the request's database, roles, parameters and settings. `readonly` goes last:
 * after it nothing more can be set.
 */
export function preparation(operation: Operation): string[] {
  const statements: string[] = [];
  if (operation.database !== null) statements.push(`USE ${identifier(operation.database)}`);
  if (operation.roles.length > 0) {
    statements.push(`SET ROLE ${operation.roles.map(identifier).join(', ')}`);
  }
  const assignments: string[] = [];
  for (const [name, value] of operation.params) {
    assignments.push(`param_${name} = ${stringLiteral(value)}`);
  }
  for (const [name, value] of operation.settings) {
    if (name !== 'readonly' && name !== 'log_comment') {
      assignments.push(`${name} = ${stringLiteral(value)}`);
    }
  }
  // The engine gives a query no id of ours; this comment is how it is found again to be killed.
  assignments.push(`log_comment = ${stringLiteral(operation.queryId)}`);
  statements.push(`SET ${assignments.join(', ')}`);
  const readonly = operation.settings.get('readonly');
  if (readonly !== undefined) statements.push(`SET readonly = ${stringLiteral(readonly)}`);
  return statements;
}

/** A server takes one statement per request; chDB runs them all. Inserts carry data, where a semicolon means nothing. */
async function refuseSeveralStatements(session: Session, sql: string): Promise<void> {
  const body = sql.trimEnd().replace(/;$/, '');
  if (!body.includes(';') || /^\s*insert\b/i.test(body)) return;
  const answer = await session.queryAsync(
    `SELECT isNull(formatQuerySingleLineOrNull(${stringLiteral(body)}))`,
    { format: 'TabSeparatedRaw' },
  );
  if (answer.text().trim() === '1') {
    throw new EngineError(62, 'SYNTAX_ERROR', 'Syntax error (Multi-statements are not allowed)');
  }
}

/** The query may not be in the process list yet when the client leaves, so the kill repeats until the query ends. */
async function killUntil(control: Session, queryId: string, ended: () => boolean): Promise<void> {
  // ASYNC: the waiting form (SYNC) never returns inside chDB.
  const kill = `KILL QUERY WHERE Settings['log_comment'] = ${stringLiteral(queryId)} ASYNC`;
  while (!ended()) {
    await control.queryAsync(kill).catch(() => {});
    if (!ended()) await sleep(100);
  }
}

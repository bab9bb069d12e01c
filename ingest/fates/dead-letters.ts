import { sql } from 'kysely';
import type { EmployeeId, TenantId } from '#contracts/ids';
import type { ActContext, Audit } from '#domain/audit';
import { can, type Scope } from '#domain/identity';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import type { EventLog, LogRecord, NewRecord, Outbox } from '#platform/event-log';
import type { Postgres, Tx } from '#platform/postgres';
import { rawTopic } from '../raw.ts';
import type { Link } from '../pipeline/settle.ts';
import {
  countOpen,
  getLetter,
  listLetters,
  lockOpen,
  maxLetters,
  type DeadLetter,
  type DeadLetterFilter,
  type LetterRow,
  copiedBody,
  refsWithoutCopy,
} from './dead-letters-store.postgres.ts';

export interface DeadLetters {
  list(
    scope: Scope,
    filter: DeadLetterFilter,
    page: { limit: number; offset: number },
  ): Promise<{ letters: DeadLetter[]; total: number }>;
  /** Open letters by vendor and reason. */
  counts(scope: Scope): Promise<{ vendor: string; reason: string; open: number }[]>;
  /** Throws `ingest.dead_letter_not_found`. */
  get(scope: Scope, id: string): Promise<DeadLetter>;
  /** Sends the body through the pipeline again, e.g. after a mapping was mended. Answers how many bodies went. */
  requeue(scope: Scope, ids: readonly string[], context: ActContext): Promise<number>;
  /** Says who the person is: links the message's references to the employee and requeues every open letter of theirs. */
  matchEmployee(scope: Scope, id: string, employeeId: EmployeeId, context: ActContext): Promise<number>;
  /** Settles without effect. */
  discard(scope: Scope, ids: readonly string[], note: string, context: ActContext): Promise<number>;
}

export interface DeadLettersDeps {
  postgres: Postgres;
  log: Pick<EventLog, 'read'>;
  outbox: Outbox;
  audit: Audit;
  clock: Clock;
  /** Throws when the viewer sees no such employee. */
  requireEmployee(tx: Tx, scope: Scope, id: EmployeeId): Promise<unknown>;
  /** Links in the caller's transaction. */
  linkReferences(tx: Tx, tenantId: TenantId, links: readonly Link[], context: ActContext): Promise<void>;
}

export function createDeadLetters(deps: DeadLettersDeps): DeadLetters {
  const { postgres } = deps;
  return {
    list: (scope, filter, page) => seen(postgres, scope, (tx) => listLetters(tx, filter, page)),
    counts: (scope) => seen(postgres, scope, countOpen),
    get: (scope, id) => seen(postgres, scope, (tx) => getLetter(tx, id)),
    requeue: async (scope, ids, context) => {
      requireRight(scope, 'write');
      const large = await largeBodies(deps, scope, ids);
      return postgres.asViewer(scope, async (tx) => {
        const rows = await lockOpen(tx, sql`id = any(${ids.slice(0, maxLetters)})`);
        return send(deps, tx, scope, rows, { context, verb: 'requeue', large });
      });
    },
    matchEmployee: async (scope, id, employeeId, context) => {
      requireRight(scope, 'write');
      const large = await largeBodies(deps, scope, [id]);
      return postgres.asViewer(scope, (tx) => matchAndSend(deps, tx, scope, id, employeeId, context, large));
    },
    discard: async (scope, ids, note, context) => {
      requireRight(scope, 'write');
      return postgres.asViewer(scope, async (tx) => {
        const rows = await lockOpen(tx, sql`id = any(${ids.slice(0, maxLetters)})`);
        await settle(deps, tx, scope, rows, 'discarded', note);
        await auditAll(deps, tx, scope, rows, context, 'discard', { note });
        return rows.length;
      });
    },
  };
}

async function seen<T>(postgres: Postgres, scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T> {
  requireRight(scope, 'view');
  return postgres.asViewer(scope, work);
}

function requireRight(scope: Scope, right: 'view' | 'write'): void {
  if (can(scope, right, 'administration')) return;
  throw new PlumblineError({
    kind: 'forbidden',
    code: 'ingest.dead_letters_not_permitted',
    detail: `Your role may not ${right === 'view' ? 'see' : 'settle'} dead letters; that is for those who administer integrations.`,
  });
}

async function matchAndSend(
  deps: DeadLettersDeps,
  tx: Tx,
  scope: Scope,
  id: string,
  employeeId: EmployeeId,
  context: ActContext,
  large: Bodies,
): Promise<number> {
  await deps.requireEmployee(tx, scope, employeeId);
  const letter = await getLetter(tx, id);
  const refs = (letter.subject?.refs ?? []).filter((one) => one.own);
  await deps.linkReferences(
    tx,
    scope.tenantId,
    refs.map(({ system, value }) => ({ system, value, employeeId })),
    context,
  );
  const keys = refs.map(({ system, value }) => `${system}=${value}`);
  const rows = await lockOpen(tx, sql`(id = ${id} or refs && ${keys}::text[])`);
  // The other letters find the person by the new links; this one may have no reference at all.
  const chosen = rows.find((row) => row.id === id);
  const matched = chosen ? { [chosen.id]: { [chosen.item]: employeeId } } : {};
  return send(deps, tx, scope, rows, { context, verb: 'match', large, matched, after: { employeeId } });
}

interface Sending {
  context: ActContext;
  verb: string;
  large: Bodies;
  /** Employees that a person chose, by letter and item. */
  matched?: Readonly<Record<string, Record<string, EmployeeId>>>;
  after?: Record<string, unknown>;
}

/** Hands the bodies to the log in the transaction that settles the letters. */
async function send(
  deps: DeadLettersDeps,
  tx: Tx,
  scope: Scope,
  rows: readonly LetterRow[],
  { context, verb, large, matched, after }: Sending,
): Promise<number> {
  const records: NewRecord[] = [];
  for (const row of rows) records.push(await toRecord(tx, row, large, matched?.[row.id]));
  await settle(deps, tx, scope, rows, 'requeued', null);
  await auditAll(deps, tx, scope, rows, context, verb, after ?? {});
  await deps.outbox.add(tx, records);
  return rows.length;
}

async function toRecord(
  tx: Tx,
  row: LetterRow,
  large: Bodies,
  matched: Record<string, EmployeeId> | undefined,
): Promise<NewRecord> {
  const inLog = large.get(row.raw_ref);
  if (inLog && !inLog.topic.startsWith('raw.')) {
    // An event that could not be applied goes back to where it was read.
    const { topic, key, value, headers } = inLog;
    return { topic, key, value, headers: { ...headers, requeueOf: row.id } };
  }
  return {
    topic: rawTopic(row.vendor),
    key: `${row.endpoint_id}:${row.raw_headers['deliveryId'] ?? row.id}`,
    value: await bodyOf(tx, row, large),
    headers: {
      ...row.raw_headers,
      rawRef: row.raw_ref,
      requeueOf: row.id,
      ...(matched ? { matched: JSON.stringify(matched) } : {}),
    },
  };
}

/** Bodies that are too large to be copied beside their letter, read from the log before the transaction begins. */
async function largeBodies(deps: DeadLettersDeps, scope: Scope, ids: readonly string[]): Promise<Bodies> {
  const refs = await deps.postgres.asViewer(scope, (tx) => refsWithoutCopy(tx, ids));
  const bodies = new Map<string, LogRecord>();
  for (const rawRef of new Set(refs)) {
    const [topic = '', partition = '0', offset = '0'] = rawRef.split('/');
    const [record] = await deps.log.read(topic, Number(partition), BigInt(offset), 1);
    if (record?.offset === BigInt(offset)) bodies.set(rawRef, record);
  }
  return bodies;
}

type Bodies = ReadonlyMap<string, LogRecord>;

async function bodyOf(tx: Tx, row: LetterRow, large: Bodies): Promise<Uint8Array> {
  const body = large.get(row.raw_ref)?.value ?? (await copiedBody(tx, row.id));
  if (body) return body;
  throw new PlumblineError({
    kind: 'conflict',
    code: 'ingest.body_gone',
    detail: `The body of ${row.id} is no longer in the log. Ask the sender to send it again, then discard this letter.`,
  });
}

async function settle(
  deps: DeadLettersDeps,
  tx: Tx,
  scope: Scope,
  rows: readonly LetterRow[],
  status: 'requeued' | 'discarded',
  note: string | null,
): Promise<void> {
  const ids = rows.map((row) => row.id);
  await sql`update dead_letters set status = ${status}, settled_at = ${deps.clock.now()}, settled_by = ${scope.userId},
    note = coalesce(${note}, note) where id = any(${ids})`.execute(tx);
}

async function auditAll(
  deps: DeadLettersDeps,
  tx: Tx,
  scope: Scope,
  rows: readonly LetterRow[],
  context: ActContext,
  verb: string,
  after: Record<string, unknown>,
): Promise<void> {
  const drafts = rows.map((row) => ({
    ...context,
    act: `ingest:dead_letter:${verb}`,
    subject: { type: 'dead_letter', id: row.id },
    before: { status: row.status, reason: row.reason },
    after,
  }));
  if (drafts.length > 0) await deps.audit.append(tx, scope.tenantId, drafts);
}

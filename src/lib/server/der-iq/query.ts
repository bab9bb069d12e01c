import type * as z from 'zod';
import type { ChatEvent, queryInputSchema } from '#contracts/screens/ask';
import type { Scope } from '#domain/identity';
import type { Guard } from '#warehouse';
import { tableEvents } from '#rag';
import { outgoing } from '../outgoing.ts';

export type Guarded = Pick<Guard, 'runGuarded'>;

/** Rows of one line. */
const pageRows = 500;

/** Guarded SQL as pieces of an answer: the SQL, its rows in as many tables as it takes, and the end. Errors as of the guard. */
export async function* queryEvents(
  guard: Guarded,
  scope: Scope,
  { sql, question, rows }: z.output<typeof queryInputSchema>,
  signal: AbortSignal,
): AsyncGenerator<ChatEvent> {
  const words = question === undefined ? {} : { question };
  const found = await guard.runGuarded({ scope, sql, signal, limits: { rows }, ...words });
  for (const event of tableEvents(sql, found)) {
    if (event.type !== 'table' || event.rows.length <= pageRows) yield outgoing(scope, event);
    else
      for (let at = 0; at < event.rows.length; at += pageRows)
        yield outgoing(scope, { ...event, rows: event.rows.slice(at, at + pageRows) });
  }
  yield { type: 'done', family: null, tookMs: Math.max(0, found.tookMs) };
}

import type { AnswerEvent } from '#contracts/der-iq';
import type { Role } from '#contracts/roles';
import type { Scope } from '#domain/identity';
import type { ClickHouse } from '#platform/clickhouse';
import type { Answerer } from '../../answerer.ts';
import { roleOf, type Golden } from './golden.ts';
import { askAgain } from './second-query.ts';

export interface Judged {
  readonly golden: Golden;
  readonly right: boolean;
  /** Why not; empty when right. */
  readonly why: string;
  /** Family that answered. */
  readonly family: string | null;
  readonly tookMs: number;
}

export interface EvaluationDeps {
  readonly planner: Answerer;
  readonly clickhouse: Pick<ClickHouse, 'client'>;
  readonly scopeOf: (role: Role | null) => Scope;
  readonly nowMs: number;
}

export async function askGolden(
  { planner }: Pick<EvaluationDeps, 'planner'>,
  scope: Scope,
  golden: Pick<Golden, 'question' | 'before'>,
): Promise<AnswerEvent[]> {
  const { question, before } = golden;
  const history = before === undefined ? [] : [{ by: 'asker' as const, text: before }];
  const events: AnswerEvent[] = [];
  for await (const event of planner({ scope, question, history })) events.push(event);
  return events;
}

export async function judge(deps: EvaluationDeps, golden: Golden): Promise<Judged> {
  const role = roleOf(golden);
  const events = await askGolden(deps, deps.scopeOf(role), golden);
  const done = events.find(({ type }) => type === 'done');
  const why =
    golden.sql === undefined ? wrongPiece(golden, events) : await wrongRows(deps, golden, golden.sql, events);
  return {
    golden,
    right: why === '',
    why,
    family: done?.type === 'done' ? done.family : null,
    tookMs: done?.type === 'done' ? done.tookMs : 0,
  };
}

const kindsOf = (events: readonly AnswerEvent[]): string =>
  events.map((event) => ('words' in event ? `${event.type}: ${event.words}` : event.type)).join(', ');

function wrongPiece(golden: Golden, events: readonly AnswerEvent[]): string {
  const { cites, clarify, denied, cannot, says } = golden;
  const has = (isIt: (event: AnswerEvent) => boolean): boolean => events.some(isIt);
  const isRight =
    (cites !== undefined &&
      events.find(({ type }) => type === 'citation')?.type === 'citation' &&
      firstCitation(events).startsWith(cites)) ||
    (clarify !== undefined && has((event) => event.type === 'clarify' && event.choices.length === clarify)) ||
    (denied !== undefined &&
      has((event) => event.type === 'denied' && (denied === true || event.right === denied))) ||
    (cannot !== undefined &&
      has((event) => event.type === 'cannot' && (cannot === true || event.words.includes(cannot)))) ||
    (says !== undefined && has((event) => event.type === 'text' && event.delta.includes(says)));
  return isRight ? '' : `${kindsOf(events)} ${firstCitation(events)}`;
}

function firstCitation(events: readonly AnswerEvent[]): string {
  const found = events.find((event) => event.type === 'citation');
  return found?.type === 'citation' ? found.citation : '';
}

async function wrongRows(
  deps: EvaluationDeps,
  golden: Golden,
  sql: string,
  events: readonly AnswerEvent[],
): Promise<string> {
  const wanted = await askAgain(deps.clickhouse, sql, roleOf(golden), deps.nowMs);
  const table = events.find((event) => event.type === 'table');
  if (table?.type !== 'table')
    return wanted.length === 0 && events.some(({ type }) => type === 'sql')
      ? ''
      : `no table but ${kindsOf(events)}`;
  const places = (golden.pick ?? []).map((name) => table.columns.findIndex((column) => column.name === name));
  if (places.includes(-1)) return `the table has ${table.columns.map(({ name }) => name).join(', ')}`;
  const found = table.rows.map((row) => places.map((at) => String(row[at] ?? 'null')));
  const [ours, theirs] = [sorted(found), sorted(wanted)];
  return ours.join('\n') === theirs.join('\n')
    ? ''
    : `${found.length} rows ${ours.slice(0, 4).join(' ; ')} and not ${wanted.length} rows ${theirs.slice(0, 4).join(' ; ')}`;
}

const sorted = (rows: readonly (readonly string[])[]): string[] =>
  rows.map((row) => row.join(' | ')).toSorted();

import type { AnswerEvent } from '#contracts/der-iq';
import type { ExplorerAnswer } from '#contracts/screens/explorer';
import { cellText, type ChartChoice } from '#features/explorer/chart-choice.ts';

type EventOf<T extends AnswerEvent['type']> = Extract<AnswerEvent, { type: T }>;

/** A chart with the rows that it draws. */
export interface DrawnChart {
  readonly answer: ExplorerAnswer;
  readonly choice: ChartChoice;
}

/** What is shown of an answer, in its order. */
export type Piece =
  | { readonly kind: 'words'; readonly text: string }
  | {
      readonly kind: 'data';
      readonly sql: EventOf<'sql'>;
      readonly answer: ExplorerAnswer | null;
      readonly chart: DrawnChart | null;
      /** The one value of a table of one row and one column; null: it is more. */
      readonly value: string | null;
    }
  | { readonly kind: 'citations'; readonly citations: readonly EventOf<'citation'>[] }
  | EventPiece<'clarify'>
  | EventPiece<'denied'>
  | EventPiece<'draft'>
  | EventPiece<'cannot'>;
type EventPiece<T extends AnswerEvent['type']> = { readonly kind: T; readonly event: EventOf<T> };
type DataPiece = Extract<Piece, { kind: 'data' }>;

/** Joins what belongs together: words, a question in SQL with its rows and chart, citations that follow each other. */
export function toPieces(events: readonly AnswerEvent[]): Piece[] {
  const pieces: Piece[] = [];
  for (const event of events) {
    const at = placeFor(pieces, event);
    const found = pieces[at];
    const joined = found === undefined ? null : join(found, event);
    if (joined !== null) pieces[at] = joined;
    else if (event.type === 'text' && isBare(found)) pieces.splice(at, 0, ...begin(event));
    else pieces.push(...begin(event));
  }
  return pieces;
}

/** Rows and charts belong to the last question in SQL, also with words between; words to words just before it. */
function placeFor(pieces: readonly Piece[], { type }: AnswerEvent): number {
  if (type === 'table' || type === 'chart') return pieces.findLastIndex(({ kind }) => kind === 'data');
  const last = pieces.length - 1;
  return type === 'text' && isBare(pieces[last]) && pieces[last - 1]?.kind === 'words' ? last - 1 : last;
}

/** A question in SQL whose rows are yet to come: words that are said first stand first. */
const isBare = (piece: Piece | undefined): boolean => piece?.kind === 'data' && piece.answer === null;

function join(last: Piece, event: AnswerEvent): Piece | null {
  if (last.kind === 'words' && event.type === 'text') return { kind: 'words', text: last.text + event.delta };
  if (last.kind === 'citations' && event.type === 'citation') {
    const known = last.citations.some(
      ({ citation, quote }) => citation === event.citation && quote === event.quote,
    );
    return known ? last : { kind: 'citations', citations: [...last.citations, event] };
  }
  if (last.kind !== 'data') return null;
  if (event.type === 'table') return withTable(last, event);
  return event.type === 'chart' ? { ...last, chart: drawn(last, event) } : null;
}

function begin(event: AnswerEvent): Piece[] {
  switch (event.type) {
    case 'text':
      return [{ kind: 'words', text: event.delta }];
    case 'sql':
      return [{ kind: 'data', sql: event, answer: null, chart: null, value: null }];
    case 'citation':
      return [{ kind: 'citations', citations: [event] }];
    case 'clarify':
      return [{ kind: 'clarify', event }];
    case 'denied':
      return [{ kind: 'denied', event }];
    case 'draft':
      return [{ kind: 'draft', event }];
    case 'cannot':
      return [{ kind: 'cannot', event }];
    case 'table':
    case 'chart':
    case 'done':
      return [];
  }
}

/** A long answer comes in several tables. */
function withTable(piece: DataPiece, { columns, rows, truncated }: EventOf<'table'>): DataPiece {
  const all = [...(piece.answer?.rows ?? []), ...rows];
  const { limitedToScope: limitedTo, ran } = piece.sql;
  const answer = {
    columns,
    rows: all,
    page: 1,
    hasMore: truncated,
    limitedTo,
    sqlAsRun: ran ?? '',
    tookMs: 0,
  };
  const only = all.length === 1 && columns.length === 1 ? all[0]?.[0] : undefined;
  return { ...piece, answer, value: only === undefined ? null : cellText(only) };
}

function drawn({ answer }: DataPiece, { kind, x, y, series }: EventOf<'chart'>): DrawnChart | null {
  // A chart of one row says less than the row.
  if (answer === null || kind === 'value' || answer.rows.length < 2) return null;
  const at = (name: string): number => answer.columns.findIndex((column) => column.name === name);
  const places = [at(x), ...y.map(at), ...(series === null ? [] : [at(series)])];
  const [first] = y;
  if (places.includes(-1) || first === undefined) return null;
  if (y.length > 1 && series === null)
    return { answer: unfolded(answer, at(x), y), choice: { kind, x: 0, y: 2, series: 1 } };
  return { answer, choice: { kind, x: at(x), y: at(first), series: series === null ? null : at(series) } };
}

/** Several columns of numbers as one, with the name of each as a series. */
function unfolded(answer: ExplorerAnswer, x: number, names: readonly string[]): ExplorerAnswer {
  const places = names.map((name) => answer.columns.findIndex((column) => column.name === name));
  const columns = [
    answer.columns[x] ?? { name: '', type: 'String' },
    { name: 'series', type: 'String' },
    { name: 'value', type: 'Float64' },
  ];
  const rows = answer.rows.flatMap((row) => places.map((place, index) => [row[x], names[index], row[place]]));
  return { ...answer, columns, rows };
}

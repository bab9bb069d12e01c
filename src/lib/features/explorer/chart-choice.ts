import type { ExplorerAnswer } from '#contracts/screens/explorer';

export const chartKinds = [
  'table',
  'value',
  'line',
  'area',
  'bar',
  'stacked',
  'pie',
  'scatter',
  'heat',
] as const;
export type ChartKind = (typeof chartKinds)[number];

export const chartWords: Readonly<Record<ChartKind, string>> = {
  table: 'Table',
  value: 'Single value',
  line: 'Line',
  area: 'Area',
  bar: 'Bars',
  stacked: 'Stacked bars',
  pie: 'Pie',
  scatter: 'Scatter',
  heat: 'Heat map',
};

/** Which columns a chart draws, by their places in a row. */
export interface ChartChoice {
  readonly kind: ChartKind;
  readonly x: number;
  readonly y: number;
  /** Null: one series. */
  readonly series: number | null;
}

export type ColumnKind = 'time' | 'number' | 'word' | 'other';

/** What the engine's type is to a reader. */
export function columnKind(type: string): ColumnKind {
  const bare = type.replaceAll(/(?:Nullable|LowCardinality)\(|\)+$/g, '');
  if (bare.startsWith('Date')) return 'time';
  if (/^(?:U?Int|Float|Decimal)/.test(bare)) return 'number';
  return /^(?:String|FixedString|Enum|Bool|UUID)/.test(bare) ? 'word' : 'other';
}

/** The chart that the columns call for: time becomes a line, a few words bars, two words a stack, one number a value. */
export function suggestChart({ columns, rows }: Pick<ExplorerAnswer, 'columns' | 'rows'>): ChartChoice {
  const kinds = columns.map(({ type }) => columnKind(type));
  const numbers = placesOf(kinds, 'number');
  const [y = 0] = numbers;
  if (rows.length === 1 && columns.length === 1 && numbers.length === 1)
    return { kind: 'value', x: 0, y, series: null };
  const [time] = placesOf(kinds, 'time');
  const words = placesOf(kinds, 'word');
  const [first, second] = words;
  const none: ChartChoice = { kind: 'table', x: 0, y, series: null };
  if (numbers.length === 0 || rows.length < 2) return none;
  if (time !== undefined) return { kind: 'line', x: time, y, series: first ?? null };
  if (first !== undefined && second !== undefined) return { kind: 'stacked', x: first, y, series: second };
  if (first !== undefined) return { kind: 'bar', x: first, y, series: null };
  const [, other] = numbers;
  return other === undefined ? none : { kind: 'scatter', x: y, y: other, series: null };
}

/** Charts that can be drawn of these columns at all. */
export function possibleCharts({ columns, rows }: Pick<ExplorerAnswer, 'columns' | 'rows'>): ChartKind[] {
  const kinds = columns.map(({ type }) => columnKind(type));
  const numbers = placesOf(kinds, 'number').length;
  const others = kinds.length - numbers;
  return chartKinds.filter((kind) => {
    if (kind === 'table') return true;
    if (numbers === 0 || rows.length === 0) return false;
    if (kind === 'value') return rows.length === 1;
    if (kind === 'scatter') return numbers > 1;
    if (kind === 'stacked' || kind === 'heat') return others > 1;
    return others > 0;
  });
}

const placesOf = (kinds: readonly ColumnKind[], wanted: ColumnKind): number[] =>
  kinds.flatMap((kind, at) => (kind === wanted ? [at] : []));

/** A cell as a number; null when it is none. Long integers and decimals come as texts. */
export function toNumber(cell: unknown): number | null {
  if (typeof cell === 'number') return cell;
  if (typeof cell !== 'string' || cell.trim() === '') return null;
  const value = Number(cell);
  return Number.isFinite(value) ? value : null;
}

/** A cell as a reader sees it. */
export function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return '–';
  return typeof cell === 'string' ? cell : JSON.stringify(cell);
}

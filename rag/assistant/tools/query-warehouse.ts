import * as z from 'zod';
import { chartKinds, type AnswerEvent } from '#contracts/der-iq';
import type { Guard, GuardedAnswer } from '#warehouse';
import { checked, type CheckedTool } from './tool.ts';

const input = z.strictObject({
  sql: z.string().max(8000).describe('One SELECT over the views of the catalogue, in ClickHouse SQL.'),
  chart: z
    .strictObject({
      kind: z.enum(chartKinds),
      x: z.string().describe('Name of a column of the answer.'),
      y: z.array(z.string()).min(1).max(4).describe('Names of columns with numbers.'),
      series: z.string().nullable().describe('One line per value of this column, or null.'),
    })
    .nullable()
    .describe('How the rows are drawn beside the table; null = not.'),
});
type Input = z.infer<typeof input>;

/** Rows that the asker is shown; and those of them that the model reads. */
const mostShown = 200;
const mostTold = 60;
const longestCell = 400;

export function queryWarehouse(guard: Guard): CheckedTool {
  return checked<Input>({
    name: 'query_warehouse',
    description: `Runs SQL over the company's data and shows the asker the SQL and its rows (up to ${mostShown}). You read
the first ${mostTold}. The rows are already those that the asker may see. Ask for exactly what answers the question: name
the columns, order them, limit them. Refusals say what to write instead.`,
    input,
    run: async ({ sql, chart }, { scope, question, signal }) => {
      const found = await guard.runGuarded({
        scope,
        sql,
        question,
        limits: { rows: mostShown },
        ...(signal === undefined ? {} : { signal }),
      });
      const { columns, rows, truncated, limitedTo } = found;
      const told = {
        columns: columns.map(({ name, type }) => `${name} ${type}`),
        rows: rows.slice(0, mostTold).map((row) => row.map(shortCell)),
        rowsShownToAsker: rows.length,
        thereAreMore: truncated,
        limitedTo,
      };
      return { told, shown: [...tableEvents(sql, found), ...chartOf(found, chart)] };
    },
  });
}

/** The SQL and its rows, as the asker sees them. */
export function tableEvents(
  sql: string,
  { columns, rows, truncated, limitedTo, sqlAsRun }: GuardedAnswer,
): AnswerEvent[] {
  const cells = rows.map((row) => row.map(toCell));
  return [
    { type: 'sql', asked: sql, ran: sqlAsRun, limitedToScope: limitedTo },
    { type: 'table', columns: columns.map(({ name, type }) => ({ name, type })), rows: cells, truncated },
  ];
}

type Cell = string | number | boolean | null;

function toCell(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return JSON.stringify(value);
}

const shortCell = (value: unknown): Cell => {
  const cell = toCell(value);
  return typeof cell === 'string' && cell.length > longestCell ? `${cell.slice(0, longestCell)}…` : cell;
};

/** A chart of columns that the answer does not have is none. */
function chartOf({ columns, rows }: GuardedAnswer, chart: Input['chart']): AnswerEvent[] {
  if (chart === null || rows.length === 0) return [];
  const names = new Set(columns.map(({ name }) => name));
  const wanted = [chart.x, ...chart.y, ...(chart.series === null ? [] : [chart.series])];
  return wanted.every((name) => names.has(name)) ? [{ type: 'chart', ...chart }] : [];
}

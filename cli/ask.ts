import { parseArgs } from 'node:util';
import type { AnswerEvent } from '#contracts/der-iq';
import { roles, type Role } from '#contracts/roles';
import { authorize } from '#domain/identity';
import { systemClock } from '#platform/clock';
import { trialViewer } from '#rag';
import { print } from './tools.ts';
import { withTrialPlanner } from './trial.ts';

const usage = `npm run ask -- --as ROLE "question" ["follow-up" …] [--json]
Answers without a model, over a made-up company and our summaries of the law; further questions are asked in the same
conversation. Roles: ${[...roles, 'FieldWorker'].join(', ')}.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    as: { type: 'string', default: 'CompanyAdmin' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

function roleNamed(name: string): Role | null {
  if (name === 'FieldWorker') return null;
  const found = roles.find((role) => role === name);
  if (found === undefined) throw new Error(`There is no role ${name}.\n${usage}`);
  return found;
}

/** Rows that fit a terminal. */
const mostRows = 25;

const shown: { readonly [T in AnswerEvent['type']]: (event: Extract<AnswerEvent, { type: T }>) => string } = {
  text: ({ delta }) => delta,
  sql: ({ asked, limitedToScope }) =>
    `\n  ${asked.replaceAll('\n', '\n  ')}${limitedToScope === null ? '' : `\n  ${limitedToScope}`}\n`,
  table: ({ columns, rows, truncated }) => {
    const lines = [
      columns.map(({ name }) => name),
      ...rows.slice(0, mostRows).map((row) => row.map((cell) => String(cell ?? '–'))),
    ];
    const widths = columns.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
    const said = lines.map(
      (line) =>
        `  ${line
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join('  ')
          .trimEnd()}`,
    );
    const more =
      truncated || rows.length > mostRows ? `\n  … ${rows.length}${truncated ? '+' : ''} rows` : '';
    return `\n${said.join('\n')}${more}`;
  },
  chart: ({ kind, x, y }) => `  [${kind} of ${y.join(', ')} by ${x}]`,
  citation: ({ citation, title, quote, kind, asOf }) =>
    `\n  ${citation} ${title}${kind === 'summary' ? ' (our summary)' : ''}${asOf === null ? '' : `, text of ${asOf}`}\n  “${quote}”`,
  clarify: ({ question, choices }) =>
    `${question}\n${choices.map(({ label, ask }) => `  - ${label}: ${ask}`).join('\n')}`,
  denied: ({ words }) => `Not permitted: ${words}`,
  draft: ({ title, body }) => `Draft: ${title}\n${body}`,
  cannot: ({ words, can }) =>
    `${words}${can.length === 0 ? '' : `\nYou can ask:\n${can.map((each) => `  - ${each}`).join('\n')}`}`,
  done: ({ family, tookMs }) => `\n(${family ?? 'no family'}, ${tookMs} ms)`,
};

function show(event: AnswerEvent): void {
  // The table has one entry per type, which the compiler cannot follow through a union.
  const tell = shown[event.type] as (one: AnswerEvent) => string;
  print(values.json ? JSON.stringify(event) : tell(event));
}

async function askAll(questions: readonly string[]): Promise<void> {
  const scope = authorize(trialViewer(roleNamed(values.as)), 'see', 'any-module');
  await withTrialPlanner(systemClock, async ({ planner }) => {
    for (const [at, question] of questions.entries()) {
      if (questions.length > 1) print(`\n> ${question}\n`);
      const history = questions.slice(0, at).map((text) => ({ by: 'asker' as const, text }));
      for await (const event of planner({ scope, question, history })) show(event);
    }
  });
}

if (values.help || positionals.length === 0) print(usage);
else await askAll(positionals);

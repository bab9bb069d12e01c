import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { roles, type Role } from '#contracts/roles';
import { authorize, type Scope } from '#domain/identity';
import { createFrozenClock, systemClock } from '#platform/clock';
import {
  familyNames,
  findLeaks,
  judge,
  readGolden,
  trialViewer,
  type EvaluationDeps,
  type Golden,
  type Judged,
  type Leak,
} from '#rag';
import { print } from './tools.ts';
import { withTrialPlanner } from './trial.ts';

const usage = `npm run eval:assistant [-- --json FILE] [--questions FILE.jsonl] [--no-leaks]
Asks the golden questions of the assistant without a model, computes each number again by a second query, and asks all of
them once more as every role, looking for what that role must not be told.`;

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    questions: { type: 'string' },
    'no-leaks': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const scopeOf = (role: Role | null): Scope => {
  // Who sees no module may still ask what the law says.
  return role === 'BillingAdmin'
    ? authorize(trialViewer(role), 'view', 'billing')
    : authorize(trialViewer(role), 'see', 'any-module');
};

function tableOf(judged: readonly Judged[]): string[] {
  const names = [...new Set(judged.map(({ golden }) => golden.family))];
  return names.map((name) => {
    const some = judged.filter(({ golden }) => golden.family === name);
    const right = some.filter((each) => each.right).length;
    return `${name.padEnd(26)} ${String(right).padStart(4)} of ${String(some.length).padStart(3)}`;
  });
}

async function askEveryRole(deps: EvaluationDeps, goldens: readonly Golden[]): Promise<Leak[]> {
  const leaks: Leak[] = [];
  for (const role of [...roles, null]) {
    const found = await findLeaks(deps, role, goldens);
    print(`${role ?? 'FieldWorker'}: ${goldens.length} questions, ${found.length} leaks`);
    leaks.push(...found);
  }
  return leaks;
}

interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly aim: string | null;
  readonly met: boolean | null;
}

const figure = (
  name: string,
  value: number,
  unit: string,
  aim: string | null,
  met: boolean | null,
): Figure => ({ name: `assistant.${name}`, value: Math.round(value * 1000) / 1000, unit, aim, met });

function figuresOf(judged: readonly Judged[], leaks: readonly Leak[] | null): Figure[] {
  const share = judged.filter(({ right }) => right).length / Math.max(1, judged.length);
  const sorted = judged.map(({ tookMs }) => tookMs).toSorted((a, b) => a - b);
  const p95 = sorted[Math.floor(sorted.length * 0.95)] ?? 0;
  return [
    figure('families', familyNames.length, 'families', '>= 60', familyNames.length >= 60),
    figure('questions', judged.length, 'questions', '>= 200', judged.length >= 200),
    figure('right_share', share, 'share', '>= 0.95', share >= 0.95),
    ...(leaks === null ? [] : [figure('leaks', leaks.length, 'answers', '<= 0', leaks.length === 0)]),
    figure('p95_ms', p95, 'ms', null, null),
  ];
}

async function run(): Promise<void> {
  const file = values.questions ?? new URL('../rag/evaluation/assistant/golden.jsonl', import.meta.url);
  const goldens = readGolden(readFileSync(file, 'utf8'));
  // The clock stands still at noon, so that both queries mean the same "now"; it measures no time.
  const noon = `${systemClock.now().slice(0, 10)}T12:00:00.000Z`;
  const clock = createFrozenClock(noon);
  await withTrialPlanner(clock, async ({ planner, clickhouse }) => {
    const deps = { planner, clickhouse, scopeOf, nowMs: clock.nowMs() };
    const judged: Judged[] = [];
    for (const golden of goldens) {
      const fromMs = systemClock.nowMs();
      const one = await judge(deps, golden);
      judged.push({ ...one, tookMs: systemClock.nowMs() - fromMs });
    }
    // What was found is said before the long part.
    sayJudged(judged);
    const leaks = values['no-leaks'] ? null : await askEveryRole(deps, goldens);
    report(judged, leaks);
  });
}

function sayJudged(judged: readonly Judged[]): void {
  for (const { golden, why, family } of judged.filter(({ right }) => !right)) {
    print(`WRONG ${golden.id} ${golden.as}: ${golden.question}\n  [${family ?? 'none'}] ${why}`);
  }
  for (const line of tableOf(judged)) print(line);
}

function report(judged: readonly Judged[], leaks: readonly Leak[] | null): void {
  for (const { role, question, text } of leaks ?? [])
    print(`LEAK ${role ?? 'FieldWorker'}: ${question}\n  tells ${text}`);
  const metrics = figuresOf(judged, leaks);
  for (const { name, value, unit, aim, met } of metrics)
    print(
      `${name.padEnd(26)} ${String(value).padStart(7)} ${unit.padEnd(10)} ${aim ?? ''} ${met === false ? 'MISSED' : ''}`,
    );
  if (values.json !== undefined)
    writeFileSync(values.json, `${JSON.stringify({ metrics, questions: judged, leaks }, null, 2)}\n`);
  if ((leaks ?? []).length > 0 || judged.some(({ right }) => !right)) process.exitCode = 1;
}

if (values.help) print(usage);
else await run();

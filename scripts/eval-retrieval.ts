import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '#platform/clock';
import { randomIds } from '#platform/ids';
import { createMemoryPostgres, type Postgres } from '#platform/postgres';
import {
  createCorpus,
  createRetrieval,
  isHeldOut,
  openStaticEmbedder,
  openThesaurus,
  readQuestions,
  readSectionsJsonl,
  scoresOf,
  type Outcome,
  type Scores,
} from '#rag';
import { migrate, readMigrations } from '../migrations/run.ts';

const { values } = parseArgs({
  options: { questions: { type: 'string' }, corpus: { type: 'string' }, misses: { type: 'boolean', default: false } },
});
const say = (text: string) => process.stdout.write(`${text}\n`);
const reader = { tenantId: 'nobody', role: 'ReadOnlyAuditor' } as const;

async function openDatabase(): Promise<Postgres> {
  const postgres = await createMemoryPostgres();
  const needed = (await readMigrations()).filter(({ name }) => /^(0001|0009|017\d)_/.test(name));
  await migrate(postgres, needed);
  return postgres;
}

const postgres = await openDatabase();
const embedder = await openStaticEmbedder();
const corpus = createCorpus({ postgres, clock: systemClock, ids: randomIds, embedder });
const folder = values.corpus ?? '';
const started = performance.now();
const sections = readSectionsJsonl(await readFile(path.join(folder, 'derived/sections.jsonl'), 'utf8'));
await corpus.load({ name: 'corpus', format: 'jsonl', shelf: '', roles: [] }, sections);
say(`${sections.length} sections loaded in ${((performance.now() - started) / 1000).toFixed(1)} s`);
const file = values.questions ?? path.join(import.meta.dirname, '../rag/evaluation/questions.jsonl');
const questions = readQuestions(await readFile(file, 'utf8'));
const retrieval = createRetrieval({ postgres, thesaurus: await openThesaurus(), embedder });
const outcomes: Outcome[] = [];
for (const question of questions) {
  const from = performance.now();
  const answer = await retrieval.search({ text: question.question, limit: 10 }, reader);
  outcomes.push({ question, answer, ms: performance.now() - from });
}
const line = (name: string, s: Scores) => say(`${name.padEnd(12)} ${JSON.stringify(s)}`);
line('tuning', scoresOf(outcomes.filter(({ question }) => !isHeldOut(question))));
if (values.misses) for (const { question, answer } of outcomes.filter((o) => !isHeldOut(o.question))) say(`${question.answerable} ${answer.confidence.toFixed(2)} ${question.question} -> ${answer.passages.slice(0, 3).map((p) => p.citation).join(' | ')} [${question.sections.join()}]`);
await postgres.close();

import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '#platform/clock';
import { randomIds } from '#platform/ids';
import { createMemoryPostgres, type Postgres } from '#platform/postgres';
import {
  createCorpus,
  createRetrieval,
  isHeldOut,
  metricsOf,
  openBestEmbedder,
  openPlainBm25,
  openThesaurus,
  rankOf,
  readObliqa,
  readQuestions,
  readSectionsJsonl,
  scoresOf,
  tableOfScores,
  type Embedder,
  type Obliqa,
  type Outcome,
  type Retrieval,
  type Section,
} from '#rag';
import { migrate, readMigrations } from '../migrations/run.ts';

const usage = `npm run eval:retrieval -- --corpus DIR [--questions FILE.jsonl] [--obliqa DIR] [--json FILE]
  --corpus DIR      a folder with derived/sections.jsonl or sections.jsonl: {id, citation, title, text, as_of, group} per line
  --questions FILE  {id, question, sections, answerable} per line; left out: our own
  --obliqa DIR      a folder with ObliQA_dev.json and docs/: recall at 10 against plain BM25
  --sample N        of ObliQA's questions, each Nth (1: all)
  --models DIR      where "npm run models" put models; --embedder static|MODEL|none to choose
  --misses          print each question that was not answered in the first place
  --json FILE       write the figures`;

const { values } = parseArgs({
  options: {
    corpus: { type: 'string' },
    questions: { type: 'string' },
    obliqa: { type: 'string' },
    sample: { type: 'string', default: '1' },
    models: { type: 'string', default: '.plumbline/models' },
    embedder: { type: 'string' },
    misses: { type: 'boolean', default: false },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const say = (text: string) => process.stdout.write(`${text}\n`);
const reader = { tenantId: 'nobody', role: 'ReadOnlyAuditor' } as const;

interface Loaded {
  readonly postgres: Postgres;
  readonly retrieval: Retrieval;
}

/** A database in memory that holds these sections and nothing else. */
async function load(sections: readonly Section[], embedder: Embedder | null): Promise<Loaded> {
  const from = performance.now();
  const postgres = await createMemoryPostgres();
  const needed = (await readMigrations()).filter(({ name }) => /^(0001|0009|017\d)_/.test(name));
  await migrate(postgres, needed);
  const corpus = createCorpus({ postgres, clock: systemClock, ids: randomIds, embedder });
  await corpus.load({ name: 'evaluation', format: 'jsonl', shelf: '', roles: [] }, sections);
  say(`${sections.length} sections loaded in ${((performance.now() - from) / 1000).toFixed(0)} s`);
  return { postgres, retrieval: createRetrieval({ postgres, thesaurus: await openThesaurus(), embedder }) };
}

async function askAll({ retrieval }: Loaded, file: string): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const questions = readQuestions(await readFile(file, 'utf8'));
  // The first questions compile the engine's paths; a server does that once in its life.
  for (const { question } of questions.slice(0, 5)) await retrieval.search({ text: question }, reader);
  for (const question of questions) {
    const from = performance.now();
    const answer = await retrieval.search({ text: question.question, limit: 10 }, reader);
    outcomes.push({ question, answer, ms: performance.now() - from });
  }
  return outcomes;
}

function sayMisses(outcomes: readonly Outcome[]): void {
  for (const { question, answer } of outcomes) {
    const found = answer.passages.map(({ section }) => section);
    const rank = rankOf(question, found);
    if (question.answerable === answer.answerable && (rank === 0 || !question.answerable)) continue;
    const place = question.answerable ? `place ${rank < 0 ? '-' : rank + 1}` : 'none';
    say(`  ${question.id} ${place} ${answer.confidence.toFixed(2)} ${question.question}`);
    say(`    wanted ${question.sections.join(', ')}; found ${found.slice(0, 3).join(', ')}`);
  }
}

async function recallAt10(obliqa: Obliqa, step: number, search: (text: string) => Promise<string[]>) {
  const asked = obliqa.questions.filter((_, at) => at % step === 0);
  let sum = 0;
  for (const { text, relevant } of asked) {
    const found = new Set(await search(text));
    sum += relevant.filter((each) => found.has(each)).length / relevant.length;
  }
  return sum / asked.length;
}

async function measureObliqa(folder: string, embedder: Embedder | null) {
  const obliqa = await readObliqa(folder);
  const loaded = await load(obliqa.sections, embedder);
  const step = Number(values.sample);
  const plain = await openPlainBm25(loaded.postgres);
  const theirs = await recallAt10(obliqa, step, (text) => plain.search(text, 10));
  const ours = await recallAt10(obliqa, step, async (text) =>
    (await loaded.retrieval.search({ text, limit: 10 }, reader)).passages.map(({ section }) => section),
  );
  await loaded.postgres.close();
  return { ours, theirs };
}

async function main(): Promise<void> {
  if (values.help || (values.corpus === undefined && values.obliqa === undefined)) {
    say(usage);
    return;
  }
  const embedder = await openBestEmbedder(path.resolve(values.models), values.embedder);
  say(`embedder: ${embedder?.name ?? 'none'}`);
  let outcomes: Outcome[] = [];
  if (values.corpus !== undefined) {
    const named = ['derived/sections.jsonl', 'sections.jsonl'].map((each) =>
      path.join(values.corpus ?? '', each),
    );
    const file = named.find((each) => existsSync(each)) ?? values.corpus;
    const loaded = await load(readSectionsJsonl(await readFile(file, 'utf8')), embedder);
    const own = path.join(import.meta.dirname, '../rag/evaluation/questions.jsonl');
    outcomes = await askAll(loaded, values.questions ?? own);
    await loaded.postgres.close();
    if (values.misses) sayMisses(outcomes);
    say(tableOfScores('all', scoresOf(outcomes)));
    if (values.questions === undefined) {
      say(tableOfScores('tuning', scoresOf(outcomes.filter(({ question }) => !isHeldOut(question)))));
      say(tableOfScores('held out', scoresOf(outcomes.filter(({ question }) => isHeldOut(question)))));
    }
  }
  const obliqa = values.obliqa === undefined ? null : await measureObliqa(values.obliqa, embedder);
  const metrics = metricsOf(scoresOf(outcomes), obliqa);
  for (const { name, value, unit, aim, met } of metrics) {
    say(
      `${name.padEnd(32)} ${String(value).padStart(8)} ${unit.padEnd(3)} ${aim.padEnd(8)} ${met ? 'met' : 'MISSED'}`,
    );
  }
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify({ metrics }, null, 2)}\n`);
}

await main();

import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import * as z from 'zod';
import { roleSchema } from '#contracts/roles';
import { builtInPacks } from '#domain/flags';
import { systemClock } from '#platform/clock';
import { randomIds } from '#platform/ids';
import {
  createCorpus,
  fetchEcfrPart,
  openBestEmbedder,
  parseCitation,
  readCorpusFile,
  readEcfrXml,
  type Corpus,
  type CorpusDocument,
  type LoadReport,
  type Section,
} from '#rag';
import { requireMigrated } from '../migrations/run.ts';
import { print, withPostgres, type Tool } from './tools.ts';

const readable = /\.(xml|md|txt|html?|pdf|docx|jsonl)$/i;

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'expected a day, YYYY-MM-DD');
const loadOptions = z.object({
  title: z.string().optional(),
  asOf: day.optional(),
  group: z.string().optional(),
  tenant: z.string().default(''),
  roles: z.array(roleSchema).default([]),
});
type LoadOptions = z.infer<typeof loadOptions>;

/** `plumbline corpus …`: what the assistant and the search of regulations read. */
export function addCorpus(program: Command): void {
  const corpus = program.command('corpus').description('Regulations and companies’ own documents to search.');
  corpus
    .command('load')
    .description(
      'Read files (XML of the eCFR or the Code, Markdown, HTML, PDF, DOCX, JSON lines) or folders of them.',
    )
    .argument('<paths...>')
    .option('--title <number>', 'title of the CFR, for a text that does not say it')
    .option('--as-of <day>', 'date of the text, for one that does not say it')
    .option('--group <name>', 'DOT, OSHA, FCRA, HIPAA or a word of your own; left out, told by the citation')
    .option('--tenant <id>', 'a document of this company alone; left out, everybody may read it')
    .option('--roles <roles...>', 'of the company, those who may read it; left out, all')
    .action((paths: string[], options: unknown) =>
      withCorpus((tool) => loadAll(tool, paths, loadOptions.parse(options))),
    );
  corpus
    .command('fetch')
    .description('Get parts of the CFR from ecfr.gov, as they are on a day.')
    .argument('<parts...>', 'title and part: 49/382 49/40 29/1904')
    .option('--as-of <day>', 'left out, the newest issue')
    .option('--from <address>', 'where the API is', 'https://www.ecfr.gov')
    .action((parts: string[], options: unknown) =>
      withCorpus((tool) => fetchAll(tool, parts, fetchOptions.parse(options))),
    );
  corpus
    .command('embed')
    .description('Read anew what another model has read, after "npm run models".')
    .option('--tenant <id>', 'a company’s shelf', '')
    .action(({ tenant }: { tenant: string }) =>
      withCorpus(async (tool) => print(`${await tool.corpus.embed(tenant)} stretches of text embedded`)),
    );
}

interface CorpusTool extends Tool {
  readonly corpus: Corpus;
}

function withCorpus(work: (tool: CorpusTool) => Promise<void>): Promise<void> {
  return withPostgres(async (tool) => {
    await requireMigrated(tool.postgres);
    const embedder = await openBestEmbedder(
      path.join(tool.config.data.folder, 'models'),
      undefined,
      tool.config.embeddings,
    );
    const corpus = createCorpus({ postgres: tool.postgres, clock: systemClock, ids: randomIds, embedder });
    await work({ ...tool, corpus });
  });
}

async function filesBelow(place: string): Promise<string[]> {
  if ((await stat(place)).isFile()) return [place];
  const found = await readdir(place, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile() && readable.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .toSorted();
}

async function loadAll(
  { corpus }: CorpusTool,
  paths: readonly string[],
  options: LoadOptions,
): Promise<void> {
  for (const place of paths) {
    for (const file of await filesBelow(place)) {
      const sections = await readCorpusFile(file, options);
      await load(
        corpus,
        { name: path.basename(file), format: path.extname(file).slice(1) },
        sections,
        options,
      );
    }
  }
}

const fetchOptions = z.object({ asOf: day.optional(), from: z.url() });

async function fetchAll(
  { corpus }: CorpusTool,
  parts: readonly string[],
  { asOf, from }: z.infer<typeof fetchOptions>,
): Promise<void> {
  for (const each of parts) {
    const [title = '', part = ''] = each.split('/');
    const got = await fetchEcfrPart({ from, title, part, asOf: asOf ?? null });
    const name = `title-${title}-part-${part}`;
    const sections = readEcfrXml(got.xml, { name, title, asOf: got.asOf });
    await load(corpus, { name, format: 'ecfr' }, sections, { tenant: '', roles: [] });
  }
}

async function load(
  corpus: Corpus,
  document: Pick<CorpusDocument, 'name' | 'format'>,
  sections: readonly Section[],
  { tenant, roles }: Pick<LoadOptions, 'tenant' | 'roles'>,
): Promise<void> {
  const report = await corpus.load({ ...document, shelf: tenant, roles }, sections);
  printReport(document.name, report);
}

/** What changed, and which rules rest on it: a person must look at those. */
function printReport(name: string, report: LoadReport): void {
  const { added, changed, older, gone, twice, unchanged } = report;
  print(
    `${name}: ${added.length} added, ${changed.length} changed, ${unchanged} unchanged, ${older.length} older, ${gone.length} gone`,
  );
  for (const citation of twice) print(`  twice in the file, the first was taken: ${citation}`);
  for (const citation of [...changed, ...gone]) {
    const rules = rulesCiting(citation);
    print(
      `  ${changed.includes(citation) ? 'changed' : 'gone'}: ${citation}${rules.length === 0 ? '' : `, cited by ${rules.join(', ')}`}`,
    );
  }
}

function rulesCiting(section: string): string[] {
  const wanted = parseCitation(section).section.toLowerCase();
  const rules = Object.values(builtInPacks).flatMap((pack) => pack.rules);
  const citing = rules.filter(({ citations }) =>
    citations.some((each) => parseCitation(each).section.toLowerCase() === wanted),
  );
  return [...new Set(citing.map(({ id, title }) => `${id} (${title})`))];
}

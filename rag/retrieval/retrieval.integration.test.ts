import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFrozenClock } from '#platform/clock';
import { createCountingIds } from '#platform/ids';
import type { Postgres } from '#platform/postgres';
import { openTestDatabase } from '../../tests/support/database.ts';
import { createCorpus, type Corpus } from '../corpus/load.ts';
import type { Section } from '../corpus/section.ts';
import { openStaticEmbedder } from '../embedding/static-vectors.ts';
import { readSectionsJsonl } from '../formats/sections-jsonl.ts';
import { openThesaurus } from '../thesaurus/open.ts';
import { createRetrieval, type Retrieval } from './retrieve.ts';

const tenantId = 'ten_00000000000000000000000001';
const stranger = 'ten_00000000000000000000000002';
const der = { tenantId, role: 'DER' } as const;
const law = { name: 'law', format: 'jsonl', shelf: '', roles: [] };

let postgres: Postgres;
let corpus: Corpus;
let retrieval: Retrieval;
let seed: Section[];

beforeAll(async () => {
  postgres = await openTestDatabase();
  const embedder = await openStaticEmbedder();
  const clock = createFrozenClock('2026-11-20T12:00:00Z');
  corpus = createCorpus({ postgres, clock, ids: createCountingIds(), embedder });
  retrieval = createRetrieval({ postgres, thesaurus: await openThesaurus(), embedder });
  seed = readSectionsJsonl(await readFile(path.join(import.meta.dirname, '../seed/summaries.jsonl'), 'utf8'));
  await corpus.load(law, seed);
});
afterAll(() => postgres.close());

const section = (citation: string, over: Partial<Section> = {}): Section => ({
  citation,
  title: 'Forklift keys',
  path: [],
  group: 'company',
  status: 'text',
  asOf: '2026-01-01',
  notices: [],
  text: '(a) General. Keys of a forklift hang in the office.\n(b) At night they are locked away in the safe.',
  ...over,
});
const lantern = (colour: string, asOf: string) =>
  section('7 CFR 1.1', { title: 'Gadget lanterns', text: `Gadget lanterns are ${colour}.`, asOf });
const first = async (text: string, reader = der) =>
  (await retrieval.search({ text }, reader)).passages[0]?.section;

describe('search', () => {
  it.each([
    ['What share of drivers gets picked for a surprise drug test?', '49 CFR 382.305'],
    ['How long before a shift must a trucker stop drinking?', '49 CFR 382.207'],
    ['A guy lost a finger. How quickly do we call OSHA?', '29 CFR 1904.39'],
    ['what does 382.603 require', '49 CFR 382.603'],
  ])('%s', async (question, wanted) => {
    const { passages, answerable } = await retrieval.search({ text: question }, der);
    expect([passages[0]?.section, answerable]).toEqual([wanted, true]);
  });

  it('cites the paragraph, with its words', async () => {
    const [best] = (await retrieval.search({ text: 'percentage rate of random testing for alcohol' }, der))
      .passages;
    expect(best).toMatchObject({ citation: '49 CFR 382.305(b)', status: 'summary', own: false });
    expect(best?.quote).toContain('10 percent');
  });

  it('says when the corpus holds no answer', async () => {
    for (const text of ['Who won the world series?', 'What is the minimum wage in Ohio?', 'zxqv blorp']) {
      expect([text, (await retrieval.search({ text }, der)).answerable]).toEqual([text, false]);
    }
    expect((await retrieval.search({ text: 'Which taxes do we owe?' }, der)).outside).toBe('taxes');
  });

  it('keeps to a group', async () => {
    const { passages } = await retrieval.search({ text: 'training of employees', groups: ['OSHA'] }, der);
    expect(passages.length).toBeGreaterThan(0);
    expect(new Set(passages.map(({ group }) => group))).toEqual(new Set(['OSHA']));
  });
});

describe('documents of a company', () => {
  const own = { name: 'Handbook', format: 'md', shelf: tenantId, roles: [] };

  it('are found by the company alone', async () => {
    await corpus.load(own, [section('Handbook, Forklift keys')]);
    expect(await first('Where do the forklift keys hang?')).toBe('Handbook, Forklift keys');
    const theirs = await retrieval.search(
      { text: 'Where do the forklift keys hang?' },
      { tenantId: stranger, role: 'CompanyAdmin' },
    );
    expect(theirs.passages.map(({ section: each }) => each)).not.toContain('Handbook, Forklift keys');
    expect(
      await retrieval.section('Handbook, Forklift keys', null, { tenantId: stranger, role: 'CompanyAdmin' }),
    ).toBeUndefined();
  });

  it('are kept to the roles that they are for', async () => {
    const secret = section('Payroll, Codes', { title: 'Payroll codes', text: 'The payroll codes are blue.' });
    await corpus.load({ ...own, name: 'Payroll', roles: ['CompanyAdmin'] }, [secret]);
    expect(await first('payroll codes', { tenantId, role: 'CompanyAdmin' as 'DER' })).toBe('Payroll, Codes');
    expect(await first('payroll codes')).not.toBe('Payroll, Codes');
  });
});

describe('loading again', () => {
  const policy = { name: 'policy', format: 'md', shelf: '', roles: [] };
  const asked = { text: 'which colour do gadget lanterns have' };

  it('tells what is new, the same, changed and gone, and answers as of a day', async () => {
    const other = section('7 CFR 1.2', { title: 'Other' });
    const told = [
      await corpus.load(policy, [lantern('green', '2020-01-01'), other]),
      await corpus.load(policy, [lantern('green', '2021-01-01'), other]),
      await corpus.load(policy, [lantern('purple', '2022-06-01')]),
    ];
    expect(
      told.map(({ added, changed, unchanged, gone }) => [added.length, changed, unchanged, gone]),
    ).toEqual([
      [2, [], 0, []],
      [0, [], 2, []],
      [0, ['7 CFR 1.1'], 0, ['7 CFR 1.2']],
    ]);
    const quoteOn = async (asOf?: string) =>
      (await retrieval.search({ ...asked, ...(asOf && { asOf }) }, der)).passages[0]?.quote;
    expect(await quoteOn()).toContain('purple');
    expect(await quoteOn('2022-05-31')).toContain('green');
    expect(await quoteOn('2022-06-01')).toContain('purple');
    expect((await quoteOn('2019-12-31')) ?? '').not.toMatch(/green|purple/);
    expect((await retrieval.section('7 CFR 1.1', '2021-05-05', der))?.versions).toEqual([
      '2020-01-01',
      '2022-06-01',
    ]);
  });

  it('puts an older text behind the one that is held', async () => {
    const report = await corpus.load(policy, [lantern('grey', '2015-01-01')]);
    expect(report.older).toEqual(['7 CFR 1.1']);
    const { passages } = await retrieval.search({ ...asked, asOf: '2016-01-01' }, der);
    expect(passages[0]?.quote).toContain('grey');
    expect((await retrieval.search(asked, der)).passages[0]?.quote).toContain('purple');
  });
});

import { sql } from 'kysely';
import type { Clock } from '#platform/clock';
import type { Ids } from '#platform/ids';
import type { Postgres, Tx } from '#platform/postgres';
import type { Embedder } from '../embedding/embedder.ts';
import { countChunks } from '../retrieval/store.postgres.ts';
import { indexShelf, putVectors, unembedded } from '../retrieval/index-shelf.ts';
import { sectionHash, type Section } from './section.ts';
import {
  endSections,
  insertSections,
  newestOf,
  putDocument,
  removeSections,
  sectionsOfDocument,
  type HeldSection,
  type Shelf,
} from './store.postgres.ts';

/** A file or a download as it is put on a shelf. Loading one of the same name again renews it. */
export interface CorpusDocument {
  readonly name: string;
  readonly format: string;
  /** `''`: everybody's; else the company whose document it is. */
  readonly shelf: Shelf;
  /** Who of the company may read it; empty = everybody there. */
  readonly roles: readonly string[];
}

/** What a load did, by citation. */
export interface LoadReport {
  readonly added: readonly string[];
  /** Other words than the version held before, which stays for questions about its time. */
  readonly changed: readonly string[];
  readonly unchanged: number;
  /** Older than what is held: kept as history. */
  readonly older: readonly string[];
  /** In the document before, and not any more. */
  readonly gone: readonly string[];
  /** Twice in the document: the first was taken. */
  readonly twice: readonly string[];
}

export interface CorpusDeps {
  readonly postgres: Postgres;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Null: nothing is embedded. */
  readonly embedder: Embedder | null;
}

export interface Corpus {
  /** Puts a document on its shelf and makes it searchable. Repeats safely. */
  load(document: CorpusDocument, sections: readonly Section[]): Promise<LoadReport>;
  /** Embeds what the embedder has not read, e.g. after another was chosen. Answers how many chunks. */
  embed(shelf: Shelf): Promise<number>;
  isEmpty(shelf: Shelf): Promise<boolean>;
}

const batch = 256;

export function createCorpus({ postgres, clock, ids, embedder }: CorpusDeps): Corpus {
  /** The system writes everybody's shelf; a company writes its own. */
  const on = <T>(shelf: Shelf, work: (tx: Tx) => Promise<T>): Promise<T> =>
    shelf === '' ? postgres.asSystem(work) : postgres.asTenant(shelf, work);

  async function embed(shelf: Shelf): Promise<number> {
    if (embedder === null) return 0;
    let [done, after] = [0, -1];
    for (;;) {
      const chunks = await on(shelf, (tx) => unembedded(tx, shelf, embedder, { after, limit: batch }));
      if (chunks.length === 0) return done;
      const vectors = await embedder.passages(chunks.map(({ title, text }) => `${title}. ${text}`));
      await on(shelf, (tx) => putVectors(tx, embedder, chunks, vectors));
      done += chunks.length;
      after = chunks.at(-1)?.id ?? after;
    }
  }

  return {
    load: async (document, sections) => {
      const now = clock.now();
      const report = await on(document.shelf, async (tx) => {
        const id = await putDocument(tx, { ...document, id: ids.next('corpusDocument'), loadedAt: now });
        const done = await place(tx, { ...document, documentId: id }, sections);
        await indexShelf(tx, document.shelf, now);
        return done;
      });
      await embed(document.shelf);
      await refreshStatistics(postgres);
      return report;
    },
    embed,
    isEmpty: (shelf) => on(shelf, async (tx) => (await countChunks(tx, [shelf])) === 0),
  };
}

/** Without them the planner reads whole tables per question; the embedded engine gathers none by itself. */
async function refreshStatistics(postgres: Postgres): Promise<void> {
  await sql`analyze corpus_sections, corpus_chunks, corpus_vectors, corpus_postings`.execute(postgres.kysely);
}

async function place(
  tx: Tx,
  document: CorpusDocument & { readonly documentId: string },
  given: readonly Section[],
): Promise<LoadReport> {
  const { taken: sections, twice } = once(given);
  const held = new Map(
    (
      await newestOf(
        tx,
        document.shelf,
        sections.map(({ citation }) => citation),
      )
    ).map((each) => [each.citation, each]),
  );
  const before = await sectionsOfDocument(tx, document.documentId);
  const sorted = sections.map((section) => ({
    section,
    held: held.get(section.citation),
    fate: fateOf(section, held.get(section.citation)),
  }));
  const of = (...fates: Fate[]) => sorted.filter(({ fate }) => fates.includes(fate));

  for (const { section, held: old } of of('changed')) {
    if (old !== undefined) await endSections(tx, [old.id], section.asOf);
  }
  await removeSections(
    tx,
    of('corrected').flatMap(({ held: old }) => (old === undefined ? [] : [old.id])),
  );
  const written = of('added', 'changed', 'corrected', 'older');
  await insertSections(
    tx,
    document,
    written.map(({ section }) => section),
    written.map(({ fate, held: old }) => (fate === 'older' ? (old?.asOf ?? null) : null)),
  );
  const now = new Set(sections.map(({ citation }) => citation));
  const gone = before.filter(({ citation }) => !now.has(citation));
  await end(tx, gone, sections);
  const names = (...fates: Fate[]) => of(...fates).map(({ section }) => section.citation);
  return {
    added: names('added'),
    changed: names('changed', 'corrected'),
    unchanged: of('unchanged').length,
    older: names('older'),
    gone: gone.map(({ citation }) => citation),
    twice,
  };
}

type Fate = 'added' | 'changed' | 'corrected' | 'unchanged' | 'older';

function fateOf(section: Section, held: HeldSection | undefined): Fate {
  if (held === undefined) return 'added';
  if (held.hash === sectionHash(section)) return 'unchanged';
  if (section.asOf === held.asOf) return 'corrected';
  return section.asOf > held.asOf ? 'changed' : 'older';
}

/** A document that lost a section says that it ended, at the latest on the day of the document. */
async function end(tx: Tx, gone: readonly HeldSection[], sections: readonly Section[]): Promise<void> {
  const day = sections
    .map(({ asOf }) => asOf)
    .toSorted()
    .at(-1);
  if (day === undefined) return;
  const ended = gone.filter(({ asOf }) => asOf < day);
  await endSections(
    tx,
    ended.map(({ id }) => id),
    day,
  );
  await removeSections(
    tx,
    gone.filter(({ asOf }) => asOf >= day).map(({ id }) => id),
  );
}

function once(sections: readonly Section[]): { taken: Section[]; twice: string[] } {
  const seen = new Map<string, Section>();
  const twice: string[] = [];
  for (const section of sections) {
    if (seen.has(section.citation)) twice.push(section.citation);
    else seen.set(section.citation, section);
  }
  return { taken: [...seen.values()], twice };
}

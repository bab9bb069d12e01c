import { sql } from 'kysely';
import { columns, type Tx } from '#platform/postgres';
import { chunksOf } from './chunks.ts';
import { paragraphsOf } from './paragraphs.ts';
import { sectionHash, type Section } from './section.ts';

/** Whose shelf: `''` holds what everybody may read, else the company's own documents. */
export type Shelf = string;

/** A section held, without its text. */
export interface HeldSection {
  readonly id: number;
  readonly citation: string;
  readonly asOf: string;
  readonly hash: string;
}

export interface DocumentRow {
  readonly id: string;
  readonly shelf: Shelf;
  readonly name: string;
  readonly format: string;
  readonly loadedAt: string;
}

/** Inserts or renews the document of that name; answers the id it has. */
export async function putDocument(tx: Tx, document: DocumentRow): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    insert into corpus_documents (id, tenant_id, name, format, loaded_at)
    values (${document.id}, ${document.shelf}, ${document.name}, ${document.format}, ${document.loadedAt}::timestamptz)
    on conflict (tenant_id, name) do update set format = excluded.format, loaded_at = excluded.loaded_at
    returning id`.execute(tx);
  return rows[0]?.id ?? document.id;
}

/** The newest version of each section of a shelf among these citations. */
export async function newestOf(tx: Tx, shelf: Shelf, citations: readonly string[]): Promise<HeldSection[]> {
  const { rows } = await sql<HeldSection>`
    select distinct on (citation) id, citation, as_of::text as "asOf", hash from corpus_sections
    where tenant_id = ${shelf} and citation = any(${columns.text(citations)}::text[])
    order by citation, as_of desc`.execute(tx);
  return rows;
}

/** The sections of a document whose newest version it holds. */
export async function sectionsOfDocument(tx: Tx, documentId: string): Promise<HeldSection[]> {
  const { rows } = await sql<HeldSection>`
    select id, citation, as_of::text as "asOf", hash from corpus_sections
    where document_id = ${documentId} and until is null order by citation`.execute(tx);
  return rows;
}

/** From that day on a version is no longer the newest. */
export async function endSections(tx: Tx, ids: readonly number[], until: string): Promise<void> {
  if (ids.length === 0) return;
  await sql`update corpus_sections set until = ${until}::date
    where id = any(${columns.int(ids)}::int[])`.execute(tx);
}

export async function removeSections(tx: Tx, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`delete from corpus_sections where id = any(${columns.int(ids)}::int[])`.execute(tx);
}

interface Place {
  readonly shelf: Shelf;
  readonly documentId: string;
  /** Who of the company may read it; empty = everybody there. */
  readonly roles: readonly string[];
}

/** Writes sections and the chunks that are searched. `untils` are of the same length: null = newest. */
export async function insertSections(
  tx: Tx,
  place: Place,
  sections: readonly Section[],
  untils: readonly (string | null)[],
): Promise<void> {
  const size = 200;
  for (let at = 0; at < sections.length; at += size) {
    await insertBatch(tx, place, sections.slice(at, at + size), untils.slice(at, at + size));
  }
}

async function insertBatch(
  tx: Tx,
  place: Place,
  sections: readonly Section[],
  untils: readonly (string | null)[],
): Promise<void> {
  const split = sections.map(({ text }) => paragraphsOf(text));
  const of = <T>(read: (section: Section) => T) => sections.map(read);
  const { rows } = await sql<{ id: number; citation: string }>`
    insert into corpus_sections (tenant_id, document_id, citation, title, path, "group", status, as_of, until, notices,
      roles, hash, paragraphs)
    select ${place.shelf}, ${place.documentId}, citation, title, path::text[], grp, status, as_of::date, until::date,
      notices::text[], ${`{${place.roles.join(',')}}`}::text[], hash, paragraphs
    from unnest(
      ${columns.text(of(({ citation }) => citation))}::text[], ${columns.text(of(({ title }) => title))}::text[],
      ${columns.lists(of(({ path }) => path))}::text[], ${columns.text(of(({ group }) => group))}::text[],
      ${columns.text(of(({ status }) => status))}::text[], ${columns.text(of(({ asOf }) => asOf))}::text[],
      ${columns.text(untils)}::text[], ${columns.lists(of(({ notices }) => notices))}::text[],
      ${columns.text(of(sectionHash))}::text[], ${columns.jsonb(split)}::jsonb[])
      as s(citation, title, path, grp, status, as_of, until, notices, hash, paragraphs)
    returning id, citation`.execute(tx);
  const ids = new Map(rows.map(({ id, citation }) => [citation, id]));
  await insertChunks(
    tx,
    place.shelf,
    sections.flatMap((section, at) => {
      const id = ids.get(section.citation) ?? 0;
      return chunksOf(split[at] ?? []).map((chunk, ordinal) => ({
        ...chunk,
        id: id * chunksPerSection + ordinal,
        sectionId: id,
        title: section.title,
        path: section.path.slice(-2).join(' '),
      }));
    }),
  );
}

/** Chunk id = section id times this + its place in the section. */
export const chunksPerSection = 4096;

interface NewChunk {
  readonly id: number;
  readonly sectionId: number;
  readonly places: readonly string[];
  readonly above: string;
  readonly text: string;
  readonly title: string;
  readonly path: string;
}

async function insertChunks(tx: Tx, shelf: Shelf, chunks: readonly NewChunk[]): Promise<void> {
  const of = <T>(read: (chunk: NewChunk) => T) => chunks.map(read);
  await sql`
    insert into corpus_chunks (id, tenant_id, section_id, places, text, search, length)
    select id, ${shelf}, section_id, places::text[], text,
      setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', above), 'B')
        || setweight(to_tsvector('english', path), 'C') || setweight(body, 'D'),
      coalesce((select sum(cardinality(positions)) from unnest(body)), 0)
    from (select c.*, to_tsvector('english', text) as body from unnest(
      ${columns.int(of(({ id }) => id))}::int[], ${columns.int(of(({ sectionId }) => sectionId))}::int[],
      ${columns.lists(of(({ places }) => places))}::text[], ${columns.text(of(({ text }) => text))}::text[],
      ${columns.text(of(({ title }) => title))}::text[], ${columns.text(of(({ above }) => above))}::text[],
      ${columns.text(of(({ path }) => path))}::text[])
      as c(id, section_id, places, text, title, above, path)) c`.execute(tx);
}

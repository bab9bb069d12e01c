import { sql } from 'kysely';
import { columns, type Tx } from '#platform/postgres';
import type { Mention } from '../corpus/citation.ts';
import type { Paragraph } from '../corpus/paragraphs.ts';
import { vectorText } from './index-shelf.ts';
import type { Near } from './fuse.ts';
import type { Posting } from './lexical.ts';
import type { Clause } from './thesaurus.ts';

/** How many chunks the shelves hold. */
export async function countChunks(tx: Tx, shelves: readonly string[]): Promise<number> {
  const { rows } = await sql<{ chunks: string | null }>`
    select sum(chunks) as chunks from corpus_shelves where tenant_id = any(${columns.text(shelves)}::text[])`.execute(
    tx,
  );
  return Number(rows[0]?.chunks ?? 0);
}

/** Postgres's own words of the clauses, and where they stand. */
export async function readPostings(
  tx: Tx,
  shelves: readonly string[],
  clauses: readonly Clause[],
): Promise<Posting[]> {
  const { rows } = await sql<Posting>`
    select (said.place - 1)::int as clause, word.lexeme, p.chunks::text as chunks, p.impacts::text as impacts
    from unnest(${columns.text(clauses.map(({ text }) => text))}::text[]) with ordinality said(text, place)
    cross join lateral unnest(to_tsvector('english', said.text)) word
    left join corpus_postings p on p.lexeme = word.lexeme and p.tenant_id = any(${columns.text(shelves)}::text[])
    order by said.place`.execute(tx);
  return rows;
}

/** The chunks nearest to a vector among those that the same embedder has read; exact, by looking through all. */
export async function readNearest(
  tx: Tx,
  shelves: readonly string[],
  embedder: string,
  vector: Float32Array,
  limit: number,
): Promise<Near[]> {
  const { rows } = await sql<{ chunk: number; distance: number }>`
    select chunk_id as chunk, embedding <#> ${vectorText(vector)}::vector as distance from corpus_vectors
    where tenant_id = any(${columns.text(shelves)}::text[]) and embedder = ${embedder}
    order by distance limit ${limit}`.execute(tx);
  return rows.map(({ chunk, distance }) => ({ chunk, nearness: -distance }));
}

export interface Filter {
  readonly shelves: readonly string[];
  /** The text as it was on that day; null = the newest held. */
  readonly asOf: string | null;
  /** Of these groups only; empty = all. */
  readonly groups: readonly string[];
  /** Documents with a list of roles are for those roles. */
  readonly roles: readonly string[];
}

export interface FoundSection {
  readonly id: number;
  readonly chunk: number;
  readonly citation: string;
  readonly title: string;
  readonly path: readonly string[];
  readonly group: string;
  readonly status: 'text' | 'reserved' | 'summary';
  readonly asOf: string;
  readonly until: string | null;
  readonly notices: readonly string[];
  readonly places: readonly string[];
  readonly text: string;
  /** A company's own document. */
  readonly own: boolean;
}

const visible = (filter: Filter) => sql`
  s.tenant_id = any(${columns.text(filter.shelves)}::text[])
  and (s.roles = '{}' or s.roles && ${columns.text(filter.roles)}::text[])
  and (${filter.groups.length === 0} or s."group" = any(${columns.text(filter.groups)}::text[]))
  and (case when ${filter.asOf}::date is null then s.until is null
    else s.as_of <= ${filter.asOf}::date and (s.until is null or s.until > ${filter.asOf}::date) end)`;

/** Of these chunks, those whose sections the filter lets through, with the sections. */
export async function readChunks(tx: Tx, ids: readonly number[], filter: Filter): Promise<FoundSection[]> {
  const { rows } = await sql<FoundSection>`
    select s.id, c.id as chunk, s.citation, s.title, s.path, s."group", s.status, s.as_of::text as "asOf",
      s.until::text as until, s.notices, c.places, c.text, s.tenant_id <> '' as own
    from corpus_chunks c join corpus_sections s on s.id = c.section_id
    where c.id = any(${columns.int(ids)}::int[]) and ${visible(filter)}`.execute(tx);
  return rows;
}

/** Ids of the sections that a question names by number. */
export async function readMentioned(tx: Tx, mentions: readonly Mention[], filter: Filter): Promise<number[]> {
  const endings = mentions.map(({ title, number }) =>
    title === null ? `% ${number}` : `${title} % ${number}`,
  );
  const { rows } = await sql<{ id: number }>`
    select s.id from corpus_sections s
    where s.citation like any(${columns.text(endings)}::text[]) and ${visible(filter)} order by s.citation`.execute(
    tx,
  );
  return rows.map(({ id }) => id);
}

export interface WholeSection extends Omit<FoundSection, 'chunk' | 'places' | 'text'> {
  readonly paragraphs: readonly Paragraph[];
  /** Days of the versions held, oldest first. */
  readonly versions: readonly string[];
}

/** One section as it was that day, or undefined. */
export async function readSection(
  tx: Tx,
  citation: string,
  filter: Filter,
): Promise<WholeSection | undefined> {
  const { rows } = await sql<WholeSection>`
    select s.id, s.citation, s.title, s.path, s."group", s.status, s.as_of::text as "asOf", s.until::text as until,
      s.notices, s.paragraphs, s.tenant_id <> '' as own,
      (select array_agg(v.as_of::text order by v.as_of) from corpus_sections v
        where v.citation = s.citation and v.tenant_id = s.tenant_id) as versions
    from corpus_sections s
    where s.citation = ${citation} and ${visible(filter)} order by s.tenant_id desc limit 1`.execute(tx);
  return rows[0];
}

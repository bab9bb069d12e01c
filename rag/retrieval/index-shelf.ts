import { sql } from 'kysely';
import { columns, type Tx } from '#platform/postgres';
import type { Embedder } from '../embedding/embedder.ts';
import type { Shelf } from '../corpus/store.postgres.ts';

/**
 * BM25's two constants, and how often a word counts that stands in a title (A), in the opening of a paragraph above (B)
 * or in the headings above the section (C). Chosen on the tuning half of the questions (`rag/evaluation`).
 */
const k1 = 1.2;
const b = 0.5;
const titleCounts = 2;
const aboveCounts = 0.5;
const pathCounts = 0.5;

/**
 * Computes the postings of a shelf anew from its chunks: what a lexeme weighs in a chunk, all of BM25 but the rarity,
 * which is known only when it is asked over which shelves. Exact, so it is to be run after each change of a shelf.
 */
export async function indexShelf(tx: Tx, shelf: Shelf, indexedAt: string): Promise<void> {
  await sql`delete from corpus_postings where tenant_id = ${shelf}`.execute(tx);
  await sql`
    insert into corpus_shelves (tenant_id, chunks, mean_length, indexed_at)
    select ${shelf}, count(*), coalesce(avg(length), 1), ${indexedAt}::timestamptz from corpus_chunks
    where tenant_id = ${shelf}
    on conflict (tenant_id) do update set chunks = excluded.chunks, mean_length = excluded.mean_length,
      indexed_at = excluded.indexed_at`.execute(tx);
  await sql`
    insert into corpus_postings (tenant_id, lexeme, chunks, impacts)
    select ${shelf}, lexeme, array_agg(id order by id),
      array_agg(round(1000 * times * ${k1 + 1}::float8 / (times + norm)) order by id)
    from (
      select c.id, word.lexeme, ${k1}::float8 * (1 - ${b}::float8 + ${b}::float8 * c.length / s.mean_length) as norm,
        coalesce(cardinality(array_positions(word.weights, 'D')), 0)
          + ${titleCounts}::float8 * coalesce(cardinality(array_positions(word.weights, 'A')), 0)
          + ${aboveCounts}::float8 * coalesce(cardinality(array_positions(word.weights, 'B')), 0)
          + ${pathCounts}::float8 * coalesce(cardinality(array_positions(word.weights, 'C')), 0) as times
      from corpus_chunks c
      join corpus_shelves s on s.tenant_id = c.tenant_id
      cross join lateral unnest(c.search) word
      where c.tenant_id = ${shelf}) words
    group by lexeme`.execute(tx);
}

interface Unembedded {
  readonly id: number;
  readonly tenant_id: string;
  readonly title: string;
  readonly text: string;
}

/** The next chunks of a shelf after `after` that this embedder has not read yet, up to `limit`. */
export async function unembedded(
  tx: Tx,
  shelf: Shelf,
  embedder: Embedder,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<Unembedded[]> {
  const { rows } = await sql<Unembedded>`
    select c.id, c.tenant_id, s.title, c.text from corpus_chunks c
    join corpus_sections s on s.id = c.section_id
    where c.id > ${after} and c.tenant_id = ${shelf}
      and not exists (select from corpus_vectors v where v.chunk_id = c.id and v.embedder = ${embedder.name})
    order by c.id limit ${limit}`.execute(tx);
  return rows;
}

/** Writes vectors; those of another embedder are replaced. */
export async function putVectors(
  tx: Tx,
  embedder: Embedder,
  chunks: readonly Unembedded[],
  vectors: readonly Float32Array[],
): Promise<void> {
  await sql`
    insert into corpus_vectors (chunk_id, tenant_id, embedder, embedding)
    select id, tenant_id, ${embedder.name}, vector::vector from unnest(
      ${columns.int(chunks.map(({ id }) => id))}::int[],
      ${columns.text(chunks.map((chunk) => chunk.tenant_id))}::text[],
      ${columns.text(vectors.map(vectorText))}::text[]) as v(id, tenant_id, vector)
    on conflict (chunk_id) do update set embedder = excluded.embedder, embedding = excluded.embedding`.execute(
    tx,
  );
}

/** As pgvector reads one. */
export const vectorText = (vector: Float32Array): string =>
  `[${Array.from(vector, (each) => each.toFixed(5)).join(',')}]`;

import { sql } from 'kysely';
import type { Postgres } from '#platform/postgres';

/** What to beat: BM25 over the texts of sections alone, stemmed and without stop words, nothing else. */
export interface PlainBm25 {
  /** Citations, best first. */
  search(question: string, limit: number): Promise<string[]>;
}

/** The constants that gave the best recall at 10 of those tried (0.9/0.4, 1.2/0.5, 1.5/0.75). */
const k1 = 1.5;
const b = 0.75;

interface Entry {
  readonly section: number;
  readonly times: number;
}

/** Reads the words of all sections of everybody's shelf into memory. */
export async function openPlainBm25(postgres: Postgres): Promise<PlainBm25> {
  const { rows } = await postgres.asSystem((tx) =>
    sql<{ section: number; lexeme: string; times: number }>`
      select section_id as section, lexeme, sum(cardinality(array_positions(weights, 'D')))::int as times
      from corpus_chunks, unnest(search) where tenant_id = '' group by section_id, lexeme
      having sum(cardinality(array_positions(weights, 'D'))) > 0`.execute(tx),
  );
  const names = await postgres.asSystem((tx) =>
    sql<{
      id: number;
      citation: string;
    }>`select id, citation from corpus_sections where tenant_id = ''`.execute(tx),
  );
  const citations = new Map(names.rows.map(({ id, citation }) => [id, citation]));
  const postings = Map.groupBy(rows, ({ lexeme }) => lexeme);
  const lengths = new Map<number, number>();
  for (const { section, times } of rows) lengths.set(section, (lengths.get(section) ?? 0) + times);
  const mean = [...lengths.values()].reduce((sum, each) => sum + each, 0) / Math.max(1, lengths.size);

  const weightOf = ({ section, times }: Entry) =>
    (times * (k1 + 1)) / (times + k1 * (1 - b + (b * (lengths.get(section) ?? 0)) / mean));
  return {
    search: async (question, limit) => {
      const words = await postgres.asSystem((tx) =>
        sql<{ lexeme: string }>`select lexeme from unnest(to_tsvector('english', ${question}))`.execute(tx),
      );
      const scores = new Map<number, number>();
      for (const { lexeme } of words.rows) {
        const entries = postings.get(lexeme) ?? [];
        const rarity = Math.log(1 + (lengths.size - entries.length + 0.5) / (entries.length + 0.5));
        for (const entry of entries) {
          scores.set(entry.section, (scores.get(entry.section) ?? 0) + rarity * weightOf(entry));
        }
      }
      return [...scores]
        .toSorted((x, y) => y[1] - x[1])
        .slice(0, limit)
        .map(([section]) => citations.get(section) ?? '');
    },
  };
}

import { LRUCache } from 'lru-cache';
import { rankOf, type Row } from './rows.ts';

/** Remembers which rows of `people` this process wrote, so that the same is not written with every event. */
export interface WrittenPeople {
  /** False when the table holds this already, or something better. */
  isNews(person: Row<'people'>): boolean;
  /** The row is in the table. */
  add(person: Row<'people'>): void;
}

const remembered = 100_000;

const keyOf = (person: Row<'people'>) => `${String(person.tenant_id)}/${String(person.employee_id)}`;
const contentOf = ({ version, ...content }: Row<'people'>) =>
  [rankOf({ version }), ...Object.values(content)].join('\0');

/**
 * A row of lower rank tells nothing of a person of whom a better one was ever written: it loses against all of those.
 * A row that says what the last one said is no news either, but only to the sole writer of the table: on a server
 * another process may have written something else in between.
 */
export function createWrittenPeople(isSoleWriter: boolean): WrittenPeople {
  const written = new LRUCache<string, { rank: number; content: string }>({ max: remembered });
  return {
    isNews: (person) => {
      const known = written.get(keyOf(person));
      if (known === undefined) return true;
      if (rankOf(person) < known.rank) return false;
      return !isSoleWriter || known.content !== contentOf(person);
    },
    add: (person) => {
      written.set(keyOf(person), { rank: rankOf(person), content: contentOf(person) });
    },
  };
}

import { chunksPerSection } from '../corpus/store.postgres.ts';
import type { Clause } from './thesaurus.ts';

/** Where a lexeme of a clause stands: chunk ids and what it weighs in each, times 1000. */
export interface Posting {
  /** Which clause asked for it. */
  readonly clause: number;
  readonly lexeme: string;
  /** `{1,2,3}` as Postgres writes an array, or null: on no shelf. */
  readonly chunks: string | null;
  readonly impacts: string | null;
}

export interface Lexical {
  /** By section id: its best chunk. */
  readonly sections: ReadonlyMap<number, { readonly chunk: number; readonly score: number }>;
  /** What a text would score that holds every word of the question many times. */
  readonly most: number;
  /** The same of the question's own words alone that stand nowhere in the corpus. */
  readonly unknown: number;
  /** What each lexeme is worth. */
  readonly worth: ReadonlyMap<string, number>;
}

interface Term {
  weight: number;
  own: boolean;
  postings: Posting[];
}

/** Exact BM25 over the postings of the question's lexemes; `chunks` = how many there are on the shelves asked. */
export function scoreLexical(
  clauses: readonly Clause[],
  postings: readonly Posting[],
  chunks: number,
): Lexical {
  const scores = new Map<number, number>();
  const worth = new Map<string, number>();
  let most = 0;
  let unknown = 0;
  for (const [lexeme, term] of termsOf(clauses, postings)) {
    const places = term.postings.map((each) => readInts(each.chunks ?? '{}'));
    const within = places.reduce((sum, each) => sum + each.length, 0);
    const rarity = term.weight * Math.log(1 + (chunks - within + 0.5) / (within + 0.5));
    most += rarity;
    worth.set(lexeme, rarity);
    if (within === 0 && term.own) unknown += rarity;
    for (const [at, ids] of places.entries()) {
      const impacts = readInts(term.postings[at]?.impacts ?? '{}');
      for (const [place, id] of ids.entries()) {
        scores.set(id, (scores.get(id) ?? 0) + (rarity * (impacts[place] ?? 0)) / 1000);
      }
    }
  }
  return { sections: bestOf(scores), most, unknown, worth };
}

/** A lexeme that several clauses ask for counts once, as for the one that wants it most. */
function termsOf(clauses: readonly Clause[], postings: readonly Posting[]): Map<string, Term> {
  const sizes = clauses.map(
    (_, at) => new Set(postings.filter(({ clause }) => clause === at).map((p) => p.lexeme)).size,
  );
  const terms = new Map<string, Term>();
  for (const posting of postings) {
    const { weight, spread } = clauses[posting.clause] ?? { weight: 0, spread: 0 };
    const share = weight / (sizes[posting.clause] ?? 1) ** spread;
    const term = terms.get(posting.lexeme);
    if (term === undefined) {
      terms.set(posting.lexeme, { weight: share, own: posting.clause === 0, postings: [posting] });
      continue;
    }
    term.weight = Math.max(term.weight, share);
    // One row per shelf: the rows of another clause are the same again.
    if (term.postings[0]?.clause === posting.clause) term.postings.push(posting);
  }
  return terms;
}

function bestOf(scores: ReadonlyMap<number, number>): Lexical['sections'] {
  const best = new Map<number, { chunk: number; score: number }>();
  for (const [chunk, score] of scores) {
    const section = Math.floor(chunk / chunksPerSection);
    const known = best.get(section);
    if (known === undefined || score > known.score) best.set(section, { chunk, score });
  }
  return best;
}

const zero = 48;
const nine = 57;

/** `{12,3}` → [12, 3]. Arrays of thousands of numbers, several per question: the driver's own reading takes ten times as long. */
function readInts(text: string): number[] {
  const numbers: number[] = [];
  let value = -1;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= zero && code <= nine) value = (value < 0 ? 0 : value * 10) + code - zero;
    else if (value >= 0) {
      numbers.push(value);
      value = -1;
    }
  }
  return numbers;
}

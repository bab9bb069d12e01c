import type { Role } from '#contracts/roles';
import type { Postgres, Tx } from '#platform/postgres';
import { mentionsIn } from '../corpus/citation.ts';
import { chunksPerSection } from '../corpus/store.postgres.ts';
import type { Embedder } from '../embedding/embedder.ts';
import { answerable, type Confidence } from './answerable.ts';
import { fuse, type Candidate, type Near } from './fuse.ts';
import { scoreLexical, type Lexical } from './lexical.ts';
import { bestParagraph } from './quote.ts';
import { standing } from './standing.ts';
import {
  countChunks,
  readChunks,
  readMentioned,
  readNearest,
  readPostings,
  readSection,
  type Filter,
  type FoundSection,
  type WholeSection,
} from './store.postgres.ts';
import type { Thesaurus } from './thesaurus.ts';

export interface Question {
  readonly text: string;
  /** ISO day: the law as it was then. Left out: the newest text held. */
  readonly asOf?: string;
  /** `DOT`, `OSHA`, …; left out: all. */
  readonly groups?: readonly string[];
  /** Sections at most; 5 when left out. */
  readonly limit?: number;
}

/** Who asks: sees what everybody may read, and the documents of their company that their role may. */
export interface Reader {
  readonly tenantId: string;
  /** Null = field worker: what is kept for roles is not for them. */
  readonly role: Role | null;
}

export interface Passage {
  /** To the paragraph: `49 CFR 382.305(b)(2)`. */
  readonly citation: string;
  readonly section: string;
  readonly title: string;
  readonly path: readonly string[];
  readonly group: string;
  readonly status: 'text' | 'reserved' | 'summary';
  /** The words of that paragraph, as the source has them. */
  readonly quote: string;
  /** Date of the text. */
  readonly asOf: string;
  /** Pending amendments and the like, as printed. */
  readonly notices: readonly string[];
  /** A company's own document, and not the law. */
  readonly own: boolean;
  /** 0 to 1 within one question. */
  readonly score: number;
}

export interface Answer extends Confidence {
  /** Not answerable: the other field that the question seems to belong to, or null. */
  readonly outside: string | null;
  /** Best first. Given also when the corpus does not answer, as what came nearest. */
  readonly passages: readonly Passage[];
}

export interface RetrievalDeps {
  readonly postgres: Postgres;
  readonly thesaurus: Thesaurus;
  /** Null: words alone. */
  readonly embedder: Embedder | null;
}

export interface Retrieval {
  search(question: Question, reader: Reader): Promise<Answer>;
  /** A section as it was on a day (null = the newest held), or undefined when it is not held or not for this reader. */
  section(citation: string, asOf: string | null, reader: Reader): Promise<WholeSection | undefined>;
}

const nearestChunks = 300;
/** Chunks whose sections are read at a time, until enough have passed the filter. */
const page = 80;

export function createRetrieval({ postgres, thesaurus, embedder }: RetrievalDeps): Retrieval {
  return {
    search: async (question, reader) => {
      const clauses = thesaurus.expand(question.text);
      // Meaning is of the question with the field's own words.
      const vector = await embedder?.question(clauses.map(({ text }) => text).join('. '));
      const filter = filterOf(reader, question.asOf ?? null, question.groups ?? []);
      return postgres.asTenant(reader.tenantId, async (tx) => {
        const chunks = await countChunks(tx, filter.shelves);
        const lexical = scoreLexical(clauses, await readPostings(tx, filter.shelves, clauses), chunks);
        const near =
          embedder === null || vector === undefined
            ? []
            : await readNearest(tx, filter.shelves, embedder.name, vector, nearestChunks);
        return answer(tx, {
          question,
          filter,
          lexical,
          near,
          voice: embedder?.voice ?? 0,
          terms: clauses.length - 1,
          outside: thesaurus.outside(question.text),
        });
      });
    },
    section: (citation, asOf, reader) =>
      postgres.asTenant(reader.tenantId, (tx) => readSection(tx, citation, filterOf(reader, asOf, []))),
  };
}

/** Shelf '' is everybody's. */
function filterOf(reader: Reader, asOf: string | null, groups: readonly string[]): Filter {
  return { shelves: ['', reader.tenantId], asOf, groups, roles: reader.role === null ? [] : [reader.role] };
}

interface Evidence {
  readonly question: Question;
  readonly filter: Filter;
  readonly lexical: Lexical;
  readonly near: readonly Near[];
  /** How much meaning counts beside words. */
  readonly voice: number;
  /** How many of the field's terms the question came to. */
  readonly terms: number;
  readonly outside: string | null;
}

async function answer(tx: Tx, evidence: Evidence): Promise<Answer> {
  const { question, filter, lexical, near, outside } = evidence;
  const mentions = mentionsIn(question.text);
  const named = mentions.length === 0 ? [] : await readMentioned(tx, mentions, filter);
  const candidates = namedFirst(fuse(lexical, near, evidence.voice), named);
  const found = await firstVisible(tx, candidates, question, filter);
  const passages = found.map(([section, { score }]) => passageOf(section, score, lexical));
  const best = found[0];
  const confidence = answerable({
    lexical,
    near,
    terms: evidence.terms,
    outside: outside !== null,
    bestWords: best === undefined ? 0 : (lexical.sections.get(best[0].id)?.score ?? 0),
    named: named.length > 0,
    found: found.length > 0,
  });
  return { ...confidence, outside: confidence.answerable ? null : outside, passages };
}

/** A question that names a section asks for it. */
function namedFirst(candidates: readonly Candidate[], named: readonly number[]): Candidate[] {
  if (named.length === 0) return [...candidates];
  const known = new Map(candidates.map((each) => [each.section, each]));
  const first = named.map((section) => {
    const scored = known.get(section);
    return { section, chunk: scored?.chunk ?? section * chunksPerSection, score: 1 + (scored?.score ?? 0) };
  });
  const rest = candidates.filter(({ section }) => !named.includes(section));
  return [...first.toSorted((a, b) => b.score - a.score), ...rest];
}

async function firstVisible(
  tx: Tx,
  candidates: readonly Candidate[],
  { text, limit = 5 }: Question,
  filter: Filter,
): Promise<[FoundSection, Candidate][]> {
  const found: [FoundSection, Candidate][] = [];
  for (let at = 0; at < candidates.length && found.length < limit; at += page) {
    const some = candidates.slice(at, at + page);
    const rows = await readChunks(
      tx,
      some.map(({ chunk }) => chunk),
      filter,
    );
    const bySection = new Map(rows.map((row) => [row.id, row]));
    for (const candidate of some) {
      const row = bySection.get(candidate.section);
      if (row !== undefined)
        found.push([row, { ...candidate, score: candidate.score * standing(row, text) }]);
    }
  }
  return found.toSorted((a, b) => b[1].score - a[1].score).slice(0, limit);
}

function passageOf(section: FoundSection, score: number, lexical: Lexical): Passage {
  const quote = bestParagraph(section, lexical.worth);
  return {
    citation: `${section.citation}${quote.place}`,
    section: section.citation,
    title: section.title,
    path: section.path,
    group: section.group,
    status: section.status,
    quote: quote.text,
    asOf: section.asOf,
    notices: section.notices,
    own: section.own,
    score: Math.min(1, score),
  };
}

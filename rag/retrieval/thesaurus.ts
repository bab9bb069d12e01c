/** What people say, and the field's words for it. */
export interface ThesaurusEntry {
  readonly says: readonly string[];
  readonly means: string;
  /** Under 1 for words that stand in every second section (driver, employer): they decide little. */
  readonly weight?: number | undefined;
}

/** A text whose words are looked for, and how much each of them counts beside the question's own (1). */
export interface Clause {
  readonly text: string;
  /** For each lexeme: `weight / lexemes ** spread`. */
  readonly weight: number;
  readonly spread: number;
}

export interface Thesaurus {
  /** The question itself, then the field's words for what it says. */
  expand(question: string): Clause[];
  /** The matter that a question speaks of and the field does not (wages, taxes), or null. */
  outside(question: string): string | null;
}

/** A matter that the field is not about, and the words that tell it. */
export interface OutsideEntry {
  readonly field: string;
  readonly says: readonly string[];
}

/** How much the field's own word counts, against the word that was said. */
const meansWeight = 1;
/** Many words for one thing share its weight, but not evenly. */
const meansSpread = 0.4;

const plain = (text: string): string =>
  ` ${text
    .toLowerCase()
    .replaceAll('’', "'")
    .replaceAll(/[^a-z0-9.'\-§() ]+/g, ' ')
    .replaceAll(/\.(?=\s|$)/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()} `;

/** Longer phrases win over what they contain: `blood test` is not a test of drugs. */
export function createThesaurus(
  entries: readonly ThesaurusEntry[],
  elsewhere: readonly OutsideEntry[] = [],
): Thesaurus {
  const phrases = entries.flatMap(({ says, means, weight = 1 }) =>
    says.map((said) => ({ said: plain(said), means, weight })),
  );
  return {
    outside: (question) => {
      const text = plain(question);
      return elsewhere.find(({ says }) => says.some((said) => text.includes(plain(said))))?.field ?? null;
    },
    expand: (question) => {
      const text = plain(question);
      const found = phrases.flatMap(({ said, means, weight }) => {
        const at = text.indexOf(said);
        return at < 0 ? [] : [{ from: at, to: at + said.length, means, weight }];
      });
      const longest = found.filter(
        (one) =>
          !found.some(
            (other) =>
              other.to - other.from > one.to - one.from && other.from <= one.from && other.to >= one.to,
          ),
      );
      const means = new Map(longest.map((each) => [each.means, each.weight]));
      return [
        { text: question, weight: 1, spread: 0 },
        ...[...means].map(([each, weight]) => ({
          text: each,
          weight: meansWeight * weight,
          spread: meansSpread,
        })),
      ];
    },
  };
}

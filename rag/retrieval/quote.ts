/** One paragraph of a chunk. */
export interface Quote {
  /** `(b)(1)`; empty = of the section as a whole. */
  readonly place: string;
  readonly text: string;
}

/** The paragraph of a chunk that holds most of what the question's words are worth; the first one of equals. */
export function bestParagraph(
  chunk: { readonly text: string; readonly places: readonly string[] },
  worth: ReadonlyMap<string, number>,
): Quote {
  const paragraphs = chunk.text.split('\n\n').map((text, at) => ({ place: chunk.places[at] ?? '', text }));
  let best: Quote = paragraphs[0] ?? { place: '', text: chunk.text };
  let most = -1;
  for (const paragraph of paragraphs) {
    const worthOf = worthIn(paragraph.text, worth);
    if (worthOf > most) [best, most] = [paragraph, worthOf];
  }
  return best;
}

/** Lexemes are beginnings of words, all but those that end in i for y. */
function worthIn(text: string, worth: ReadonlyMap<string, number>): number {
  const words = new Set(text.toLowerCase().match(/[a-z0-9.]+/g));
  let sum = 0;
  for (const [lexeme, value] of worth) {
    const beginning = lexeme.endsWith('i') ? lexeme.slice(0, -1) : lexeme;
    for (const word of words) {
      if (!word.startsWith(beginning) || word.length > beginning.length + 5) continue;
      sum += value;
      break;
    }
  }
  return sum;
}

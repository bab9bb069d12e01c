import type { ZxcvbnFactory } from '@zxcvbn-ts/core';

/** A password that those who know common and leaked ones, and the person's name, find within so many guesses is refused. */
const enoughGuesses = 1e8;
/** More of a long password is not looked at: the time to look grows with the square, and the beginning decides. */
const judgedLength = 40;

export interface PasswordJudge {
  /**
   * Why a password is refused although long enough, or null. The lists are part of the program: nothing is sent anywhere.
   * `about`: name, address, company, whatever an attacker would try first.
   */
  fault(password: string, about: readonly string[]): Promise<string | null>;
}

/** The lists (49,000 leaked passwords, English words and names) are read at the first question: 0.3 s. */
export function createPasswordJudge(): PasswordJudge {
  let loading: Promise<ZxcvbnFactory> | undefined;
  return {
    fault: async (password, about) => {
      loading ??= load();
      const judge = await loading;
      const known = about.flatMap((text) => [text, ...text.split(/[^\p{L}\p{N}]+/u)]);
      const words = known.filter((word) => word.length > 2).map((word) => word.toLowerCase());
      const { guesses } = judge.check(password.slice(0, judgedLength), words);
      return guesses < enoughGuesses
        ? 'is too easy to guess: it is among leaked passwords, or made of words, names, dates or rows of keys'
        : null;
    },
  };
}

async function load(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory: Factory }, common, english] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    import('@zxcvbn-ts/language-en'),
  ]);
  return new Factory({
    dictionary: { ...common.dictionary, ...english.dictionary },
    graphs: common.adjacencyGraphs,
  });
}

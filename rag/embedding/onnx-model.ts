import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import type { Embedder } from './embedder.ts';
import { openOnnxSession, type OnnxSession, type Pooling } from './onnx-session.ts';

/** How a model wants to be asked: what stands before a question and before a passage, and which token speaks for all. */
interface Manner {
  readonly question: string;
  readonly passage: string;
  readonly pooling: Pooling;
}

const manners: readonly (readonly [RegExp, Manner])[] = [
  [
    /bge/i,
    { question: 'Represent this sentence for searching relevant passages: ', passage: '', pooling: 'cls' },
  ],
  [/e5/i, { question: 'query: ', passage: 'passage: ', pooling: 'mean' }],
];
const plainManner: Manner = { question: '', passage: '', pooling: 'mean' };

/** Tokens of a passage; the models take 512, but the first ones of a chunk say what it is about. */
const mostTokens = 192;
const batch = 16;

/**
 * A sentence model in a folder: `model.onnx` and `tokenizer.json` (BERT's pieces of words). The name of the folder tells
 * how it wants to be asked: bge…, e5…, others plainly. Errors: those of `openOnnxSession`.
 */
export async function openOnnxEmbedder(folder: string): Promise<Embedder> {
  const session = await openOnnxSession(folder);
  const tokenizer = new Tokenizer(
    JSON.parse(await readFile(path.join(folder, 'tokenizer.json'), 'utf8')),
    {},
  );
  const name = path.basename(folder);
  const manner = manners.find(([pattern]) => pattern.test(name))?.[1] ?? plainManner;
  const pieces = (text: string) => cut(tokenizer.encode(text).ids);
  const [sample] = await session.run([pieces('a')], manner.pooling);
  return {
    name: `onnx-${name}`,
    dimensions: sample?.length ?? 0,
    voice: 0.35,
    passages: (texts) =>
      embedAll(
        session,
        texts.map((text) => pieces(manner.passage + text)),
        manner.pooling,
      ),
    question: async (text) => {
      const [vector] = await session.run([pieces(manner.question + text)], manner.pooling);
      return vector ?? new Float32Array();
    },
  };
}

/** The last piece marks the end, and stays. */
const cut = (ids: readonly number[]): number[] =>
  ids.length <= mostTokens ? [...ids] : [...ids.slice(0, mostTokens - 1), ...ids.slice(-1)];

/** Texts of like lengths together: a batch costs as much as its longest. */
async function embedAll(
  session: OnnxSession,
  ids: readonly (readonly number[])[],
  pooling: Pooling,
): Promise<Float32Array[]> {
  const order = ids.map((_, at) => at).toSorted((x, y) => (ids[x]?.length ?? 0) - (ids[y]?.length ?? 0));
  const vectors: Float32Array[] = [];
  for (let from = 0; from < order.length; from += batch) {
    const some = order.slice(from, from + batch);
    const made = await session.run(
      some.map((at) => ids[at] ?? []),
      pooling,
    );
    for (const [place, at] of some.entries()) vectors[at] = made[place] ?? new Float32Array();
  }
  return vectors;
}

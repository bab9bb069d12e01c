import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Tokenizer } from '@huggingface/tokenizers';
import { unit, type Embedder } from './embedder.ts';

const folder = path.join(import.meta.dirname, 'static');

/** Pieces of words at most; what comes after hardly moves the mean. */
const mostPieces = 400;

/**
 * One vector per piece of a word, added up: no context, but no model to run either (microseconds, 4 MB in this
 * repository). The vectors are what bge-small-en-v1.5 (MIT) makes of each piece alone, turned to their 128 main axes and
 * weighted by rarity (the way of model2vec); `scripts/distil-vectors.ts` makes them.
 */
export async function openStaticEmbedder(): Promise<Embedder> {
  const tokenizer = new Tokenizer(
    JSON.parse(gunzipSync(await readFile(path.join(folder, 'tokenizer.json.gz'))).toString('utf8')),
    {},
  );
  const { scales, steps, dimensions } = readVectors(await readFile(path.join(folder, 'vectors.bin')));

  const embed = (text: string): Float32Array => {
    const sum = new Float32Array(dimensions);
    for (const id of tokenizer.encode(text, { add_special_tokens: false }).ids.slice(0, mostPieces)) {
      const scale = scales[id] ?? 0;
      const from = id * dimensions;
      for (let at = 0; at < dimensions; at += 1) sum[at] = (sum[at] ?? 0) + scale * (steps[from + at] ?? 0);
    }
    return unit(sum);
  };
  return {
    name: `static-bge-small-${dimensions}`,
    dimensions,
    voice: 0.08,
    passages: (texts) => Promise.resolve(texts.map(embed)),
    question: (text) => Promise.resolve(embed(text)),
  };
}

/** Header: vectors and dimensions as u32; a scale per vector as f32; then the vectors as steps of that scale, i8. */
function readVectors(bytes: Buffer) {
  const count = bytes.readUInt32LE(0);
  const dimensions = bytes.readUInt32LE(4);
  const body = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  return {
    dimensions,
    scales: new Float32Array(body, 8, count),
    steps: new Int8Array(body, 8 + 4 * count, count * dimensions),
  };
}

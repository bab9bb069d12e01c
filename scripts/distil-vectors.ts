import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { openOnnxSession, type OnnxSession } from '../rag/embedding/onnx-session.ts';

/**
 * Makes `rag/embedding/static`, the vectors of the offline default, from bge-small-en-v1.5:
 * `npm run models && node scripts/distil-vectors.ts FOLDER_OF_THE_MODEL`. Run by hand when the model is changed.
 */
const dimensions = 128;
const turns = 20;

/** What the model makes of each piece of its vocabulary alone. */
async function vectorsOf(session: OnnxSession, count: number): Promise<Float32Array[]> {
  const vectors: Float32Array[] = [];
  for (let from = 0; from < count; from += 256) {
    const ids = Array.from({ length: Math.min(256, count - from) }, (_, at) => [101, from + at, 102]);
    vectors.push(...(await session.run(ids, 'mean')));
  }
  return vectors;
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
};

function centred(vectors: readonly Float32Array[]): Float64Array[] {
  const width = vectors[0]?.length ?? 0;
  const mean = new Float64Array(width);
  for (const vector of vectors)
    for (let at = 0; at < width; at += 1) mean[at]! += (vector[at] ?? 0) / vectors.length;
  return vectors.map((vector) => Float64Array.from(vector, (each, at) => each - (mean[at] ?? 0)));
}

function covariance(vectors: readonly Float64Array[]): Float64Array[] {
  const width = vectors[0]?.length ?? 0;
  const rows = Array.from({ length: width }, () => new Float64Array(width));
  for (const vector of vectors) {
    for (let a = 0; a < width; a += 1) {
      const row = rows[a]!;
      for (let b = 0; b < width; b += 1) row[b]! += vector[a]! * vector[b]!;
    }
  }
  return rows;
}

/** Main axes by orthogonal iteration from a fixed start, so that two runs give the same. */
function mainAxes(rows: readonly Float64Array[]): Float64Array[] {
  let axes = Array.from({ length: dimensions }, (_, k) =>
    Float64Array.from({ length: rows.length }, (__, j) => Math.sin((k + 1) * (j + 1) * 1.37)),
  );
  for (let turn = 0; turn < turns; turn += 1) {
    axes = axes.map((axis) => Float64Array.from(rows, (row) => dot(row, axis)));
    for (const [k, axis] of axes.entries()) {
      for (const before of axes.slice(0, k)) {
        const shadow = dot(axis, before);
        for (let at = 0; at < axis.length; at += 1) axis[at]! -= shadow * before[at]!;
      }
      const length = Math.hypot(...axis);
      for (let at = 0; at < axis.length; at += 1) axis[at]! /= length;
    }
  }
  return axes;
}

/** As `readVectors` of rag/embedding/static-vectors.ts reads it. Pieces stand in the order of how common they are. */
function encode(vectors: readonly Float64Array[]): Buffer {
  const file = Buffer.alloc(8 + vectors.length * (4 + dimensions));
  file.writeUInt32LE(vectors.length, 0);
  file.writeUInt32LE(dimensions, 4);
  for (const [id, vector] of vectors.entries()) {
    const scale = Math.max(...vector.map(Math.abs)) / 127 || 1;
    file.writeFloatLE(scale * Math.log(1 + id), 8 + 4 * id);
    const from = 8 + 4 * vectors.length + id * dimensions;
    for (const [at, each] of vector.entries()) file.writeInt8(Math.round(each / scale), from + at);
  }
  return file;
}

const model = process.argv[2];
if (model === undefined) throw new Error('Usage: node scripts/distil-vectors.ts FOLDER_OF_THE_MODEL');
const tokenizer = await readFile(path.join(model, 'tokenizer.json'), 'utf8');
const { model: parsed } = JSON.parse(tokenizer) as { model: { vocab: Record<string, number> } };
const vectors = centred(await vectorsOf(await openOnnxSession(model), Object.keys(parsed.vocab).length));
const axes = mainAxes(covariance(vectors));
const turned = vectors.map((vector) => Float64Array.from(axes, (axis) => dot(vector, axis)));
const into = path.join(import.meta.dirname, '../rag/embedding/static');
await mkdir(into, { recursive: true });
await writeFile(path.join(into, 'vectors.bin'), encode(turned));
await writeFile(path.join(into, 'tokenizer.json.gz'), gzipSync(tokenizer, { level: 9 }));

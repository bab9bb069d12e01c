import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as z from 'zod';
import { PlumblineError } from '#platform/errors';
import { unit } from './embedder.ts';

/** The little of onnxruntime-node that is used; the package itself is fetched by `npm run models` (290 MB). */
interface Tensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}
interface Runtime {
  Tensor: new (type: 'int64', data: BigInt64Array, dims: readonly number[]) => unknown;
  InferenceSession: {
    create(
      file: string,
      options: Readonly<Record<string, unknown>>,
    ): Promise<{
      readonly inputNames: readonly string[];
      readonly outputNames: readonly string[];
      run(feeds: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, Tensor>>>;
    }>;
  };
}

export type Pooling = 'cls' | 'mean';

/** A BERT-like sentence model. */
export interface OnnxSession {
  /** One vector of length 1 per list of token ids. */
  run(ids: readonly (readonly number[])[], pooling: Pooling): Promise<Float32Array[]>;
}

const runtimeShape = z.custom<Runtime>(
  (value) => typeof value === 'object' && value !== null && 'InferenceSession' in value,
);

/** The runtime stands beside the models (`MODELS/runtime/node_modules`), or in the project's own node_modules. */
function loadRuntime(folder: string): Runtime {
  for (const from of [path.join(folder, '../runtime/index.js'), import.meta.filename]) {
    try {
      return runtimeShape.parse(createRequire(from)('onnxruntime-node'));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND')) throw error;
    }
  }
  throw new PlumblineError({
    kind: 'unavailable',
    code: 'embedding.runtime_missing',
    detail: 'A model is there, but nothing that runs it. Run "npm run models".',
  });
}

/** Opens the one `.onnx` file of the folder. Throws `embedding.runtime_missing`, `embedding.model_missing`. */
export async function openOnnxSession(folder: string): Promise<OnnxSession> {
  const file = (await readdir(folder)).find((name) => name.endsWith('.onnx'));
  if (file === undefined) {
    throw new PlumblineError({
      kind: 'not_found',
      code: 'embedding.model_missing',
      detail: `${folder} holds no .onnx file.`,
    });
  }
  const runtime = loadRuntime(folder);
  const session = await runtime.InferenceSession.create(path.join(folder, file), {
    intraOpNumThreads: 2,
    graphOptimizationLevel: 'all',
  });
  return {
    run: async (ids, pooling) => {
      const width = Math.max(...ids.map((each) => each.length));
      const feeds = feedsOf(runtime, session.inputNames, ids, width);
      const output = (await session.run(feeds))[session.outputNames[0] ?? ''];
      if (output === undefined) return [];
      return ids.map((each, row) => pool(output, row, each.length, pooling));
    },
  };
}

function feedsOf(
  runtime: Runtime,
  names: readonly string[],
  ids: readonly (readonly number[])[],
  width: number,
): Record<string, unknown> {
  const size = ids.length * width;
  const given: Record<string, BigInt64Array> = {
    input_ids: new BigInt64Array(size),
    attention_mask: new BigInt64Array(size),
    token_type_ids: new BigInt64Array(size),
  };
  for (const [row, each] of ids.entries()) {
    for (const [at, id] of each.entries()) {
      given['input_ids']?.set([BigInt(id)], row * width + at);
      given['attention_mask']?.set([1n], row * width + at);
    }
  }
  const dims = [ids.length, width];
  return Object.fromEntries(
    names.map((name) => [name, new runtime.Tensor('int64', given[name] ?? new BigInt64Array(size), dims)]),
  );
}

/** The first token's vector, or the mean of all; length 1. */
function pool({ dims, data }: Tensor, row: number, tokens: number, pooling: Pooling): Float32Array {
  const [, width = 0, dimensions = 0] = dims;
  const start = row * width * dimensions;
  if (pooling === 'cls') return unit(data.slice(start, start + dimensions));
  const sum = new Float32Array(dimensions);
  for (let token = 0; token < tokens; token += 1) {
    const from = start + token * dimensions;
    for (let at = 0; at < dimensions; at += 1) sum[at] = (sum[at] ?? 0) + (data[from + at] ?? 0);
  }
  return unit(sum);
}

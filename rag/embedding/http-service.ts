import * as z from 'zod';
import { PlumblineError } from '#platform/errors';
import { unit, type Embedder } from './embedder.ts';

export interface EmbeddingService {
  /** Up to and with the version: `https://api.voyageai.com/v1`. */
  readonly address: string;
  readonly model: string;
  readonly key?: string;
  readonly dimensions: number;
}

const answer = z.object({
  data: z.array(z.object({ index: z.int(), embedding: z.array(z.number()) })),
});
const batch = 64;
const timeoutMs = 30_000;

const failed = (internal: string, cause?: unknown) =>
  new PlumblineError({
    kind: 'unavailable',
    code: 'embedding.service_failed',
    detail: 'The embedding service does not answer. Try again later.',
    internal,
    ...(cause === undefined ? {} : { cause }),
  });

/** Any service that answers `POST /embeddings {model, input}` in OpenAI's shape. Throws `embedding.service_failed`. */
export function createHttpEmbedder(service: EmbeddingService): Embedder {
  async function ask(input: readonly string[]): Promise<Float32Array[]> {
    const response = await fetch(`${service.address.replace(/\/$/, '')}/embeddings`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(service.key === undefined ? {} : { authorization: `Bearer ${service.key}` }),
      },
      body: JSON.stringify({ model: service.model, input }),
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((error: unknown) => {
      throw failed(String(error), error);
    });
    if (!response.ok) throw failed(`status ${response.status}`);
    const parsed = answer.safeParse(await response.json().catch(() => null));
    if (!parsed.success || parsed.data.data.length !== input.length) throw failed('unexpected answer');
    const sorted = parsed.data.data.toSorted((a, b) => a.index - b.index);
    if (sorted.some(({ embedding }) => embedding.length !== service.dimensions)) {
      throw failed(`vectors are not of ${service.dimensions} dimensions`);
    }
    return sorted.map(({ embedding }) => unit(Float32Array.from(embedding)));
  }

  return {
    name: `http-${service.model}`,
    dimensions: service.dimensions,
    voice: 0.35,
    passages: async (texts) => {
      const vectors: Float32Array[] = [];
      for (let from = 0; from < texts.length; from += batch) {
        vectors.push(...(await ask(texts.slice(from, from + batch))));
      }
      return vectors;
    },
    question: async (text) => (await ask([text]))[0] ?? new Float32Array(),
  };
}

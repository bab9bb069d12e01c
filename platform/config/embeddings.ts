import * as z from 'zod';
import { urlOf, wholeNumber } from './values.ts';

/** A service that turns texts into vectors, in OpenAI's shape; null: what is in this repository, or a fetched model. */
export const embeddings = z
  .object({
    EMBEDDINGS_URL: urlOf('http', 'https').optional(),
    EMBEDDINGS_MODEL: z.string().default('text-embedding-3-small'),
    EMBEDDINGS_KEY: z.string().optional(),
    /** Of its vectors; pgvector's `vector` holds 16,000 at most. */
    EMBEDDINGS_DIMENSIONS: wholeNumber(8, 16_000).default(1536),
  })
  .transform((env) =>
    env.EMBEDDINGS_URL === undefined
      ? null
      : {
          address: env.EMBEDDINGS_URL,
          model: env.EMBEDDINGS_MODEL,
          ...(env.EMBEDDINGS_KEY !== undefined && { key: env.EMBEDDINGS_KEY }),
          dimensions: env.EMBEDDINGS_DIMENSIONS,
        },
  );

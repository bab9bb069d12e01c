import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Embedder } from './embedder.ts';
import { createHttpEmbedder, type EmbeddingService } from './http-service.ts';
import { openOnnxEmbedder } from './onnx-model.ts';
import { openStaticEmbedder } from './static-vectors.ts';

/** Best first, as measured (rag/README.md). */
const preferred = ['bge-small-en-v1.5-q', 'e5-small-v2-q', 'all-minilm-l6-v2-q'];

/**
 * The service that was configured, else the best embedder that is here: a model below `models` if `npm run models` fetched one, else the vectors of this
 * repository. `chosen`: `static`, `none`, or the name of a model's folder.
 */
export async function openBestEmbedder(
  models: string,
  chosen?: string,
  service: EmbeddingService | null = null,
): Promise<Embedder | null> {
  if (chosen === 'none') return null;
  if (chosen === undefined && service !== null) return createHttpEmbedder(service);
  if (chosen === 'static') return openStaticEmbedder();
  const name = chosen ?? preferred.find((each) => existsSync(path.join(models, each, 'tokenizer.json')));
  return name === undefined ? openStaticEmbedder() : openOnnxEmbedder(path.join(models, name));
}

import type { Clock } from '#platform/clock';
import type { Ids } from '#platform/ids';
import type { Postgres } from '#platform/postgres';
import {
  createCorpus,
  createRetrieval,
  openBestEmbedder,
  openSummaries,
  openThesaurus,
  type EmbeddingService,
  type Retrieval,
} from '#rag';

export interface ShelfDeps {
  readonly postgres: Postgres;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Where "npm run models" puts models. */
  readonly models: string;
  readonly service: EmbeddingService | null;
  /** Puts our summaries on an empty shelf, so that a demo answers. */
  readonly demo: boolean;
}

/** Opens retrieval when somebody first asks: the vectors and the model are of no use to who never does. */
export function createRegulationShelf(deps: ShelfDeps): () => Promise<Retrieval> {
  let opened: Promise<Retrieval> | undefined;
  return () => {
    opened ??= open(deps).catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
}

async function open({ postgres, clock, ids, models, service, demo }: ShelfDeps): Promise<Retrieval> {
  const embedder = await openBestEmbedder(models, undefined, service);
  if (demo) {
    const corpus = createCorpus({ postgres, clock, ids, embedder });
    if (await corpus.isEmpty('')) {
      await corpus.load({ name: 'summaries', format: 'jsonl', shelf: '', roles: [] }, await openSummaries());
    }
  }
  return createRetrieval({ postgres, thesaurus: await openThesaurus(), embedder });
}

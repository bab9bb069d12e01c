import { eventsBeforeNotice, laboratorySteps, unannouncedReasons } from '#domain/drug-alcohol';
import type { Scope } from '#domain/identity';
import type { ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import type { Ids } from '#platform/ids';
import type { Postgres } from '#platform/postgres';
import { createGuard, type Guard } from '#warehouse';
import type { Answerer } from '../../answerer.ts';
import { createCorpus } from '../../corpus/load.ts';
import { openStaticEmbedder } from '../../embedding/static-vectors.ts';
import { createPlanner } from '../../planner/planner.ts';
import { createRetrieval } from '../../retrieval/retrieve.ts';
import { openSummaries } from '../../seed/open.ts';
import { openThesaurus } from '../../thesaurus/open.ts';
import { trialStates } from './people.ts';
import { fillTrial } from './rows.ts';

export interface TrialDeps {
  /** Empty database. */
  readonly clickhouse: ClickHouse;
  /** Migrated, with an empty corpus. */
  readonly postgres: Postgres;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Whether the scope sees what only the DER may know. */
  readonly seesMasked: (scope: Scope) => boolean;
}

/** The offline planner over the made-up company and our own summaries of the law. */
export async function openTrialPlanner(deps: TrialDeps): Promise<{ planner: Answerer; guard: Guard }> {
  const { clickhouse, postgres, clock, ids } = deps;
  await fillTrial(clickhouse, clock.nowMs());
  const embedder = await openStaticEmbedder();
  const corpus = createCorpus({ postgres, clock, ids, embedder });
  await corpus.load({ name: 'summaries', format: 'jsonl', shelf: '', roles: [] }, await openSummaries());
  const retrieval = createRetrieval({ postgres, thesaurus: await openThesaurus(), embedder });
  const guard = createGuard({
    clickhouse,
    clock,
    secrecy: { unannouncedReasons, eventsBeforeNotice, laboratorySteps },
    audienceOf: (scope) => (deps.seesMasked(scope) ? 'der' : 'others'),
    record: () => Promise.resolve(),
  });
  const planner = createPlanner({
    guard,
    statesOf: () => Promise.resolve(trialStates),
    retrieval: () => Promise.resolve(retrieval),
    clock,
  });
  return { planner, guard };
}

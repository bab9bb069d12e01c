import { errorKinds, type ErrorKind } from '#platform/errors';
import type { Meter } from '#platform/telemetry';
import { sources } from './sources.ts';

const stages = ['normalise', 'apply'] as const;
const outcomes = ['event', 'drop', 'dead_letter', 'applied', 'repeated', 'unreadable'] as const;

/** What became of the records of a batch. */
type Tally = Readonly<Partial<Record<(typeof outcomes)[number], number>>>;

/** Counts the way of messages through this floor; some calls per batch. */
export interface Measures {
  /** A message at the door. Vendor null = it named no endpoint that exists. */
  webhook(vendor: string | null, outcome: 'accepted' | ErrorKind): void;
  tally(stage: (typeof stages)[number], counts: Tally): void;
}

export function createMeasures(meter: Meter): Measures {
  const webhooks = meter.counter({
    name: 'plumbline_webhooks_total',
    help: 'Vendor messages at the door: accepted (durable), or refused by kind of refusal.',
    labels: {
      vendor: [...sources.map(({ vendor }) => vendor), 'unknown'],
      outcome: ['accepted', ...Object.keys(errorKinds)],
    },
  });
  const records = meter.counter({
    name: 'plumbline_pipeline_records_total',
    help: 'What became of records at each stage of the pipeline; a batch that comes again is counted again.',
    labels: { stage: stages, outcome: outcomes },
  });
  return {
    webhook: (vendor, outcome) => webhooks.add(1, { vendor: vendor ?? 'unknown', outcome }),
    tally: (stage, counts) => {
      for (const outcome of outcomes) records.add(counts[outcome] ?? 0, { stage, outcome });
    },
  };
}

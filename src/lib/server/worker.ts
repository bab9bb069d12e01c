import { randomUUID } from 'node:crypto';
import { recheckLeaseMs } from '#domain/policy-driver';
import { createLease } from '#platform/leases';
import { createDayRollup, type DayRollup } from '#warehouse';
import type { Engines } from './engines.ts';
import { scheduleJobs, startPipeline, type Pipeline } from './pipeline.ts';
import { createPrivacyParts } from './privacy/wiring.ts';
import type { Core, CoreInput } from './services.ts';

export interface Worker {
  pipeline: Pipeline;
  rollup: DayRollup;
}

/** Everything that works without being asked: consumers, timer, jobs. */
export async function startWorker(input: CoreInput & { engines: Engines; core: Core }): Promise<Worker> {
  const { engines, core, clock, log } = input;
  const { postgres, clickhouse } = engines;
  // The embedded engines belong to this process alone.
  const recheckLease =
    postgres.mode === 'embedded'
      ? {}
      : {
          recheckLease: createLease({
            postgres,
            name: 'recheck-timer',
            holder: randomUUID(),
            forMs: recheckLeaseMs,
          }),
        };
  const pipeline = startPipeline({ ...input, ...core, ...recheckLease });
  const rollup = createDayRollup({ clickhouse, clock, log });
  const { finish } = createPrivacyParts({ ...input, ...core });
  await scheduleJobs({ engines, ...core, clock, log, rollup, finishErasures: () => finish(null) });
  return { pipeline, rollup };
}

import type { Log } from '#platform/log';
import { createMeter, createSilentMeter, type Meter } from './meter.ts';
import { createSilentTracing, type Tracing } from './tracing.ts';

/** How the process is watched from outside. */
export interface Telemetry {
  readonly meter: Meter;
  readonly tracing: Tracing;
}

/** Counts only when somebody may read the counts. */
export function openTelemetry(deps: { log: Log; tracing: Tracing; metered: boolean }): Telemetry {
  return { meter: deps.metered ? createMeter(deps) : createSilentMeter(), tracing: deps.tracing };
}

/** For tests and tools that nobody watches. */
export function createSilentTelemetry(): Telemetry {
  return { meter: createSilentMeter(), tracing: createSilentTracing() };
}

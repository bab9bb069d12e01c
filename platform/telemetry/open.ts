import type { Log } from '#platform/log';
import { createMeter, createSilentMeter, type Meter } from './meter.ts';
import { createSilentTracing, type Tracing, type TracingOptions } from './tracing.ts';

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

/** The libraries are loaded only when traces are wanted. */
export async function openTracing(options: TracingOptions): Promise<Tracing> {
  const { endpoint } = options;
  if (endpoint === undefined) return createSilentTracing();
  const { createOtlpTracing } = await import('./otel.ts');
  return createOtlpTracing({ ...options, endpoint });
}

export { createMeter, createSilentMeter } from './meter.ts';
export type { Meter, Reading } from './meter.ts';
export { createSilentTracing, traceHeader } from './tracing.ts';
export type { Carried, Tracing } from './tracing.ts';
export { createSilentTelemetry, openTelemetry, openTracing, type Telemetry } from './open.ts';
export { createLatencyWindow, type LatencyWindow } from './latency-window.ts';

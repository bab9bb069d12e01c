export { createMeter, createSilentMeter } from './meter.ts';
export type { Counter, Histogram, Labels, LabelSets, Meter, Reading } from './meter.ts';
export { createSilentTracing, traceHeader } from './tracing.ts';
export type { Carried, SpanFields, TraceIds, Tracing, TracingOptions } from './tracing.ts';
export { createSilentTelemetry, openTelemetry, openTracing, type Telemetry } from './open.ts';
export { createLatencyWindow, type LatencyWindow, type LatencySummary } from './latency-window.ts';

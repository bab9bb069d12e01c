/** Header of a log record that names the span it was written in (W3C Trace Context). */
export const traceHeader = 'traceparent';

export interface TraceIds {
  readonly traceId: string;
  readonly spanId: string;
}

/** What a span may say: counts, names of our own things, codes. Never a person's data, never a message's. */
export type SpanFields = Readonly<Record<string, string | number | boolean>>;

/** A record of the event log, as far as traces are concerned. */
export interface Carried {
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface OpenSpan {
  add(fields: SpanFields): void;
}

export interface Tracing {
  readonly on: boolean;
  /** The span that the caller runs in, when it is recorded: for log lines. */
  current(): TraceIds | null;
  /** Runs `work` in the first span of a new trace. `linked` is a `traceparent` that the caller brought: noted, not obeyed. */
  entry<T>(
    name: string,
    fields: SpanFields,
    work: (span: OpenSpan) => Promise<T>,
    linked?: string,
  ): Promise<T>;
  /** Runs `work` in a span below the current one; without a recorded one it just runs. */
  within<T>(name: string, fields: SpanFields, work: () => Promise<T>): Promise<T>;
  /**
   * Runs the handling of a batch. Each record that belongs to a recorded trace gets a span there, as long as the
   * batch; what happens inside is told once, in the trace of the first, to which the others link.
   */
  batch<T>(name: string, fields: SpanFields, records: readonly Carried[], work: () => Promise<T>): Promise<T>;
  /**
   * The `traceparent` for a record that is written now: in a batch that of the record it comes from, found by the
   * header it carries on or by its key; undefined when that trace is not recorded.
   */
  outgoing(record: Carried): string | undefined;
  /** Notes a span that is over: from `startMs` (epoch) to now, below `parent` (a `traceparent`). */
  note(parent: string, name: string, startMs: number, fields: SpanFields): void;
  /** Sends what is left. */
  close(): Promise<void>;
}

export interface TracingOptions {
  /** Where traces go, OTLP over HTTP, without `/v1/traces`. Undefined = no tracing. */
  readonly endpoint: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
  /** Part of the traces that are recorded, 0–1; decided once, where a trace begins. */
  readonly ratio: number;
}

const nothing: OpenSpan = { add: () => undefined };

/** Records nothing and costs a call. */
export function createSilentTracing(): Tracing {
  return {
    on: false,
    current: () => null,
    entry: (_name, _fields, work) => work(nothing),
    within: (_name, _fields, work) => work(),
    batch: (_name, _fields, _records, work) => work(),
    outgoing: () => undefined,
    note: () => undefined,
    close: () => Promise.resolve(),
  };
}

import { AsyncLocalStorage } from 'node:async_hooks';
import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  isSpanContextValid,
  trace,
  type Context,
  type Link,
  type Span,
  type SpanContext,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';
import {
  traceHeader,
  type Carried,
  type SpanFields,
  type TraceIds,
  type Tracing,
  type TracingOptions,
} from './tracing.ts';

/** Where the caller stands. `batch` is present while a batch is handled. */
interface Standing {
  readonly span: Span;
  readonly batch?: Batch;
}

interface Batch {
  readonly byParent: ReadonlyMap<string, Span>;
  readonly byKey: ReadonlyMap<string, Span>;
}

/** Spans of one batch at most: a batch of thousands would otherwise be as many spans. */
const spansPerBatch = 64;
const traceparent = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

export function createOtlpTracing(options: TracingOptions & { endpoint: string }): Tracing {
  const url = `${options.endpoint.replace(/\/$/, '')}/v1/traces`;
  const exporter = new OTLPTraceExporter({ url, headers: { ...options.headers } });
  return createTracing(options, new BatchSpanProcessor({ exporter }));
}

/** Everything but the way out, which a test chooses itself. No global is set: each process part gets what it is given. */
export function createTracing(
  { serviceName, ratio }: Pick<TracingOptions, 'serviceName' | 'ratio'>,
  processor: SpanProcessor,
): Tracing {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [processor],
  });
  const tracer = provider.getTracer('plumbline');
  const standing = new AsyncLocalStorage<Standing>();

  const start: Start = (name, kind, fields, parent, links = []) =>
    tracer.startSpan(name, { kind, attributes: { ...fields }, links }, parent);

  async function run<T>(stand: Standing, spans: readonly Span[], work: () => Promise<T>): Promise<T> {
    try {
      return await standing.run(stand, work);
    } catch (error) {
      for (const span of spans) fail(span, error);
      throw error;
    } finally {
      for (const span of spans) span.end();
    }
  }

  return {
    on: true,
    current: () => idsOf(standing.getStore()?.span),
    entry: (name, fields, work, linked) => {
      const foreign = linked === undefined ? undefined : readTraceparent(linked);
      const links = foreign === undefined ? [] : [{ context: foreign }];
      const span = start(name, SpanKind.SERVER, fields, ROOT_CONTEXT, links);
      return run({ span }, [span], () => work({ add: (more) => span.setAttributes({ ...more }) }));
    },
    within: (name, fields, work) => {
      const outer = standing.getStore();
      if (!outer?.span.isRecording()) return work();
      const span = start(name, SpanKind.INTERNAL, fields, trace.setSpan(ROOT_CONTEXT, outer.span));
      return run({ ...outer, span }, [span], work);
    },
    batch: (name, fields, records, work) => {
      const opened = openBatch(
        (parent, links) => start(name, SpanKind.CONSUMER, fields, parent, links),
        records,
      );
      return opened === null ? work() : run(opened, [...opened.batch.byParent.values()], work);
    },
    outgoing: (record) => {
      const span = originOf(standing.getStore(), record);
      return span?.isRecording() ? writeTraceparent(span.spanContext()) : undefined;
    },
    note: (parent, name, startMs, fields) => {
      const above = contextOf(parent);
      if (above !== undefined)
        tracer.startSpan(name, { startTime: startMs, attributes: { ...fields } }, above).end();
    },
    close: () => provider.shutdown(),
  };
}

type Start = (name: string, kind: SpanKind, fields: SpanFields, parent: Context, links?: Link[]) => Span;

/** A span for each trace that the records belong to; null when there is none. */
function openBatch(
  start: (parent: Context, links: Link[]) => Span,
  records: readonly Carried[],
): Required<Standing> | null {
  const byParent = new Map<string, Span>();
  const byKey = new Map<string, Span>();
  let lead: Span | undefined;
  for (const { key, headers } of records) {
    const carried = headers[traceHeader];
    if (carried === undefined) continue;
    let span = byParent.get(carried);
    if (span === undefined) {
      const parent = byParent.size < spansPerBatch ? contextOf(carried) : undefined;
      if (parent === undefined) continue;
      span = start(parent, lead === undefined ? [] : [{ context: lead.spanContext() }]);
      byParent.set(carried, span);
      lead ??= span;
    }
    if (!byKey.has(key)) byKey.set(key, span);
  }
  return lead === undefined ? null : { span: lead, batch: { byParent, byKey } };
}

/** The span that a record written now comes from. */
function originOf(stand: Standing | undefined, { key, headers }: Carried): Span | undefined {
  if (stand?.batch === undefined) return stand?.span;
  const carried = headers[traceHeader];
  return carried === undefined ? stand.batch.byKey.get(key) : stand.batch.byParent.get(carried);
}

function idsOf(span: Span | undefined): TraceIds | null {
  if (!span?.isRecording()) return null;
  const { traceId, spanId } = span.spanContext();
  return { traceId, spanId };
}

/** What a `traceparent` names, as a parent; undefined when it is none. */
function contextOf(carried: string): Context | undefined {
  const parent = readTraceparent(carried);
  return parent && trace.setSpanContext(ROOT_CONTEXT, parent);
}

function writeTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

function readTraceparent(text: string): SpanContext | undefined {
  const [, traceId = '', spanId = '', flags = ''] = traceparent.exec(text) ?? [];
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return isSpanContextValid(context) ? context : undefined;
}

/** The code of an error, never its message: engines quote values in theirs. */
function fail(span: Span, error: unknown): void {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const name = error instanceof Error ? error.name : typeof error;
  span.setStatus({ code: SpanStatusCode.ERROR, message: typeof code === 'string' ? code : name });
}

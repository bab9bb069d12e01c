/**
 * The only fields a log line may carry. Anything else is dropped and named in `omitted`, so that a person's name,
 * a date of birth or a vendor's body cannot reach a log by accident. Add a field only if it can never hold
 * personal data: ids, names of our own things, counts, durations.
 */
const logFields = [
  'area',
  'attempt',
  'bytes',
  'code',
  'component',
  'consumerGroup',
  'count',
  'durationMs',
  'endpointId',
  'eventId',
  'file',
  'folder',
  'jobId',
  'jobName',
  'kind',
  'lag',
  'limit',
  'method',
  'migration',
  'mode',
  'module',
  'offset',
  'partition',
  'path',
  'pid',
  'port',
  'procedure',
  'reason',
  'reference',
  'requestId',
  'retryInMs',
  'rule',
  'signal',
  'size',
  'sessionId',
  'spanId',
  'state',
  'status',
  'step',
  'table',
  'tenantId',
  'topic',
  'traceId',
  'url',
  'userId',
  'vendor',
  'version',
] as const;

type LogField = (typeof logFields)[number];
type LogValue = string | number | bigint | boolean | null | undefined;

/** Fields of one line. `err` takes whatever was thrown. */
export type LogFields = { readonly [F in LogField]?: LogValue | readonly string[] } & {
  readonly err?: unknown;
};

const allowed: ReadonlySet<string> = new Set<string>([...logFields, 'err', 'msg']);

/** Keeps the allowed fields, lists the names of the others. */
export function keepAllowedFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  const omitted: string[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (!allowed.has(name)) omitted.push(name);
    else if (typeof value === 'bigint') kept[name] = value.toString();
    else if (name === 'err' || isPlain(value)) kept[name] = value;
    else omitted.push(name);
  }
  if (omitted.length > 0) kept['omitted'] = omitted;
  return kept;
}

function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((item) => typeof item === 'string');
  return value === null || typeof value !== 'object';
}

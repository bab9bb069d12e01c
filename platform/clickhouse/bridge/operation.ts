import { randomUUID } from 'node:crypto';
import type { Operation } from './engine.ts';
import { EngineError } from './engine-error.ts';
import { isPlainName } from './literals.ts';

/** Query keys of the HTTP interface that are not settings. Those of the transport have no meaning for one socket. */
const reserved: ReadonlySet<string> = new Set([
  'query',
  'database',
  'session_id',
  'session_timeout',
  'session_check',
  'query_id',
  'user',
  'password',
  'role',
  'default_format',
  'quota_key',
  'close_session',
  'buffer_size',
  'wait_end_of_query',
  'compress',
  'decompress',
  'stacktrace',
  'enable_http_compression',
  'send_progress_in_http_headers',
  'http_headers_progress_interval_ms',
  'http_write_exception_in_output_format',
  'http_make_head_request',
  'client_protocol_version',
  'async_insert',
  'wait_for_async_insert',
  'cancel_http_readonly_queries_on_client_close',
]);

/** Understands one request of ClickHouse's HTTP interface. Throws EngineError for names that cannot be settings. */
export function readOperation(query: URLSearchParams, body: string): Operation {
  const settings = new Map<string, string>();
  const params = new Map<string, string>();
  for (const [name, value] of query) {
    if (reserved.has(name)) continue;
    const isParam = name.startsWith('param_');
    const key = isParam ? name.slice('param_'.length) : name;
    if (!isPlainName(key)) {
      throw new EngineError(115, 'UNKNOWN_SETTING', 'A setting or parameter has no plain name');
    }
    (isParam ? params : settings).set(key, value);
  }
  const inUrl = query.get('query');
  const sessionId = query.get('session_id');
  return {
    sql: inUrl === null ? body : body === '' ? inUrl : `${inUrl}\n${body}`,
    queryId: query.get('query_id') ?? randomUUID(),
    format: query.get('default_format') ?? 'TabSeparated',
    database: query.get('database'),
    roles: query.getAll('role'),
    settings,
    params,
    session:
      sessionId === null
        ? null
        : {
            id: sessionId,
            timeoutMs: Number(query.get('session_timeout') ?? 60) * 1000,
            mustExist: query.get('session_check') === '1',
          },
  };
}

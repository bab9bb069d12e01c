import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createZstdDecompress, gzip } from 'node:zlib';
import { promisify } from 'node:util';
import type { Answer, Engine } from './engine.ts';
import { EngineError, errorBody, httpStatus, readEngineError } from './engine-error.ts';
import { readOperation } from './operation.ts';

const compress = promisify(gzip);

/** Below this gzip costs more than it saves on a unix socket. */
const compressFromBytes = 64 * 1024;

/** Parameters travel in the address; a server takes as much (`http_max_uri_size`). */
const longestAddressBytes = 1024 * 1024;

/** ClickHouse's HTTP interface over the engine; the stock client cannot tell it from a server. */
export function createBridge(engine: Engine): Server {
  const server = createServer({ maxHeaderSize: longestAddressBytes }, (request, response) => {
    void answer(engine, request, response);
  });
  // The client keeps its sockets; a server that closes them while idle races with the next request.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  return server;
}

async function answer(engine: Engine, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://bridge');
  if (url.pathname === '/ping') {
    response.end('Ok.\n');
    return;
  }
  const left = new AbortController();
  response.on('close', () => {
    if (!response.writableFinished) left.abort(new Error('The client left.'));
  });
  try {
    const operation = readOperation(url.searchParams, await readBody(request));
    response.setHeader('X-ClickHouse-Query-Id', operation.queryId);
    response.setHeader('X-ClickHouse-Timezone', 'UTC');
    const result = await engine.run(operation, left.signal);
    response.setHeader('X-ClickHouse-Summary', summary(result));
    response.setHeader('X-ClickHouse-Format', operation.format);
    await send(request, response, url.searchParams, result.bytes);
  } catch (error) {
    if (response.destroyed) return;
    refuse(response, error, engine.version);
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of decoded(request)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function decoded(request: IncomingMessage): Readable {
  const encoding = request.headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') return request;
  const decoders = { gzip: createGunzip, br: createBrotliDecompress, zstd: createZstdDecompress };
  const create = Object.entries(decoders).find(([name]) => name === encoding)?.[1];
  if (create === undefined) {
    throw new EngineError(48, 'NOT_IMPLEMENTED', 'Unknown Content-Encoding of the request body');
  }
  const decoder = create();
  request.on('error', (error) => decoder.destroy(error));
  return request.pipe(decoder);
}

function summary(result: Answer): string {
  return JSON.stringify({
    read_rows: String(result.rowsRead),
    read_bytes: String(result.bytesRead),
    written_rows: '0',
    written_bytes: '0',
    total_rows_to_read: '0',
    result_rows: '0',
    result_bytes: '0',
    elapsed_ns: String(Math.round(result.elapsedS * 1e9)),
  });
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams,
  bytes: Uint8Array,
): Promise<void> {
  const wanted =
    query.get('enable_http_compression') === '1' &&
    String(request.headers['accept-encoding']).includes('gzip');
  if (!wanted || bytes.byteLength < compressFromBytes) {
    response.end(bytes);
    return;
  }
  response.setHeader('Content-Encoding', 'gzip');
  response.end(await compress(bytes, { level: 1 }));
}

function refuse(response: ServerResponse, cause: unknown, version: string): void {
  const error = readEngineError(cause);
  response.statusCode = httpStatus(error);
  response.setHeader('X-ClickHouse-Exception-Code', String(error.code));
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
  response.end(errorBody(error, version));
}

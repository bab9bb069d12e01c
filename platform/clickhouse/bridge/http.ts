import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createGzip, createZstdDecompress } from 'node:zlib';
import type { Engine, Work } from './engine.ts';
import { EngineError, errorBody, httpStatus, readEngineError } from './engine-error.ts';
import { readOperation } from './operation.ts';

/**
 * Held here for a reader that is slow, so that most queries end, and give their turn back, however late the answer
 * is read. Beyond it the engine waits.
 */
const heldBytes = 8 * 1024 * 1024;

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
  const body = createBody(request, response, url.searchParams);
  try {
    const operation = readOperation(url.searchParams, await readBody(request));
    response.setHeader('X-ClickHouse-Query-Id', operation.queryId);
    response.setHeader('X-ClickHouse-Timezone', 'UTC');
    response.setHeader('X-ClickHouse-Format', operation.format);
    await engine.run(operation, left.signal, async (bytes, work) => {
      if (work !== null) response.setHeader('X-ClickHouse-Summary', summary(work));
      await body.write(bytes, left.signal);
    });
    body.end();
  } catch (error) {
    if (response.destroyed) return;
    // Half an answer must not look like a whole one: the client sees the connection break.
    if (response.headersSent) response.destroy();
    else refuse(response, error, engine.version);
  }
}

interface Body {
  write(bytes: Uint8Array, signal: AbortSignal): Promise<void>;
  end(): void;
}

/** The response's body, compressed when the client asked for it. Nothing is sent before the first part. */
function createBody(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): Body {
  const isCompressed =
    query.get('enable_http_compression') === '1' &&
    String(request.headers['accept-encoding']).includes('gzip');
  let out: Writable | null = null;

  function open(): Writable {
    if (!isCompressed) return response;
    response.setHeader('Content-Encoding', 'gzip');
    const gzip = createGzip({ level: 1 });
    gzip.pipe(response);
    return gzip;
  }

  return {
    write: async (bytes, signal) => {
      out ??= open();
      out.write(bytes);
      if (out.writableLength > heldBytes) await once(out, 'drain', { signal });
    },
    end: () => {
      (out ?? response).end();
    },
  };
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

function summary(work: Work): string {
  return JSON.stringify({
    read_rows: String(work.rowsRead),
    read_bytes: String(work.bytesRead),
    written_rows: '0',
    written_bytes: '0',
    total_rows_to_read: '0',
    result_rows: '0',
    result_bytes: '0',
    elapsed_ns: String(Math.round(work.elapsedS * 1e9)),
  });
}

function refuse(response: ServerResponse, cause: unknown, version: string): void {
  const error = readEngineError(cause);
  response.statusCode = httpStatus(error);
  response.setHeader('X-ClickHouse-Exception-Code', String(error.code));
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
  response.end(errorBody(error, version));
}

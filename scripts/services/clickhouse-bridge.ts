// ClickHouse's HTTP interface on a TCP port, over the embedded engine (chDB), for tests and development only: no
// registry of packages carries ClickHouse's server (docs/decisions). Argument: JSON of BridgeOptions.
import process from 'node:process';
import { openEngine, type EngineOptions } from '../../platform/clickhouse/bridge/engine.ts';
import { createBridge } from '../../platform/clickhouse/bridge/http.ts';

const options = JSON.parse(process.argv[2] ?? '{}') as EngineOptions & { port: number };

const engine = await openEngine(options);
const server = createBridge(engine);
server.listen(options.port, '127.0.0.1', () => {
  process.stdout.write(`chDB ${engine.version} on port ${options.port}\n`);
});

async function finish(): Promise<void> {
  const closed = new Promise((resolve) => {
    server.close(resolve);
  });
  // A kept-alive socket is idle only after its answer has been sent, so idle ones are closed again and again.
  setInterval(() => server.closeIdleConnections(), 20);
  await closed;
  await engine.close();
  process.exit(0);
}

process.once('SIGTERM', () => void finish());

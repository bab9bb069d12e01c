import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { createAudit, systemContext } from '#domain/audit';
import { createIdentity } from '#domain/identity';
import { createPeople } from '#domain/people';
import { createIngest } from '#ingest';
import { systemClock } from '#platform/clock';
import { openPostgresEventLog } from '#platform/event-log';
import { randomIds } from '#platform/ids';
import { createTemporaryKeys } from '#platform/keys';
import { createSilentLog } from '#platform/log';
import { createEmbeddedPostgres } from '#platform/postgres';
import { migrate } from '../migrations/run.ts';

/**
 * The door alone, for the measurement of acceptance: embedded Postgres on disk with fsync, the event log and the HTTP
 * receiver as the app wires them, and no consumer. Started by webhook.ts with a folder; tells its address when it
 * listens, and ends with SIGTERM.
 */
export interface DoorAddress {
  readonly port: number;
  readonly path: string;
  readonly secret: string;
}

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: door-process.ts FOLDER');

const clock = systemClock;
const ids = randomIds;
const log = createSilentLog();
const postgres = await createEmbeddedPostgres({ dir: path.join(folder, 'postgres'), log, clock });
await migrate(postgres);
const eventLog = await openPostgresEventLog({ postgres, clock, log });
const keys = createTemporaryKeys(clock);
const audit = createAudit({ clock, ids, keys });
const ingest = createIngest({
  postgres,
  log: eventLog,
  outbox: eventLog.outbox,
  people: createPeople({ postgres, clock, ids, keys, audit, outbox: eventLog.outbox }),
  audit,
  clock,
  ids,
  keys,
  logger: log,
  webhookRatePerMinute: 100_000_000,
  bodyLimitBytes: 1024 * 1024,
});

const context = systemContext('benchmark');
const identity = createIdentity({ postgres, clock, ids, audit });
const tenantId = await identity.createTenant({ kind: 'service', name: 'Benchmark', zone: 'UTC' }, context);
const wanted = { vendor: 'checkr', name: 'Checkr', settings: {}, ratePerMinute: null };
const { id, secret } = await postgres.asTenant(tenantId, (tx) =>
  ingest.endpoints.insert(tx, tenantId, wanted, context),
);
await ingest.directory.refresh();

const server = createServer((request, response) => void ingest.door.handle(request, response));
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ port, path: `/webhooks/${id}`, secret } satisfies DoorAddress);
});

async function end(): Promise<void> {
  server.closeAllConnections();
  server.close();
  await ingest.close();
  await eventLog.close();
  await postgres.close();
  process.disconnect();
}
process.once('SIGTERM', () => void end());

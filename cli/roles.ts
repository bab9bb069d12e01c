import { InvalidArgumentError, type Command } from 'commander';
import { processEnvironment } from '#platform/config';
import { roles } from '../src/roles.ts';

type Role = keyof typeof roles;

interface About {
  readonly summary: string;
  readonly port: number;
  readonly more: string;
}

const about: Record<Role, About> = {
  web: {
    summary: 'Pages, API and live sockets. Run as many as you like behind a load balancer.',
    port: 3000,
    more: 'Needs DATABASE_URL, CLICKHOUSE_URL, AUTH_SECRET and a master key (the same for all) and ORIGIN.',
  },
  ingest: {
    summary: 'The webhook door alone. Run as many as you like behind a load balancer.',
    port: 3001,
    more: 'Needs DATABASE_URL and the master key of the others (MASTER_KEYS, MASTER_KEY_FILE or AWS_KMS_KEY_ID).',
  },
  worker: {
    summary: 'Consumers, timer, jobs and the outbox relay. Run as many as you like; they share the work.',
    port: 3002,
    more: 'Needs DATABASE_URL, CLICKHOUSE_URL and the master key of the others. Listens for /health and /metrics alone.',
  },
};

const common = `
KAFKA_BROKERS puts the event log on Kafka; without it the log is a table of the database. All settings: README.md.
GET /health/live and /health/ready tell how it is. SIGTERM: /health/ready says 503 for SHUTDOWN_NOTICE_MS while it serves
on; then it takes nothing new, finishes what it has within SHUTDOWN_LIMIT_MS and ends. A second signal ends it at once.`;

function portNumber(text: string): string {
  if (/^\d+$/.test(text) && Number(text) <= 65_535) return text;
  throw new InvalidArgumentError('expected a number up to 65535');
}

/** `plumbline web | ingest | worker`. */
export function addRoles(program: Command): void {
  for (const [role, { summary, port, more }] of Object.entries(about) as [Role, About][]) {
    program
      .command(role)
      .description(summary)
      .option('--port <n>', `instead of PORT; ${port} when neither is given`, portNumber)
      .option('--host <address>', 'instead of HOST; 127.0.0.1 when neither is given')
      .addHelpText('after', `\n${more}${common}`)
      .action((options: { port?: string; host?: string }) => {
        const env = processEnvironment();
        return roles[role]({
          ...env,
          PORT: options.port ?? env['PORT'] ?? String(port),
          ...(options.host === undefined ? {} : { HOST: options.host }),
        });
      });
  }
}

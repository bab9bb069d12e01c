import { Command, InvalidArgumentError } from 'commander';
import { companyOf, createStream, endpointsOf, readDemoState, runSimulator, usualTrouble } from '#demo';
import { runCheckCommand } from '#ingest';
import { createIdentity } from '#domain/identity';
import { createAudit, verifyAudit } from '#domain/audit';
import { systemClock } from '#platform/clock';
import { loadConfig, processEnvironment } from '#platform/config';
import { PlumblineError } from '#platform/errors';
import { randomIds } from '#platform/ids';
import { createLog } from '#platform/log';
import { openPostgres, type Postgres } from '#platform/postgres';
import { migrate } from './migrations/run.ts';

const program = new Command('plumbline').description(
  'Compliance analytics: webhooks become live, explained flags.',
);

function positive(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('expected a number above 0');
}

async function withPostgres(work: (postgres: Postgres) => Promise<void>): Promise<void> {
  const config = loadConfig(processEnvironment());
  const log = createLog({ level: 'warn', pretty: process.stdout.isTTY });
  const postgres = await openPostgres(config, { log, clock: systemClock });
  try {
    await work(postgres);
  } finally {
    await postgres.close();
  }
}

program
  .command('simulate')
  .description('Post vendor messages to the running demo, in the vendors’ own formats.')
  .option('--rate <n>', 'messages per second', positive, 5)
  .option('--seed <n>', 'the same seed and start tell the same stories', positive, 1)
  .option('--total <n>', 'stop after so many messages', positive)
  .option('--run <name>', 'part of every vendor id; the same name again repeats the same messages')
  .option('--quiet', 'print the totals only')
  .action(async (options: { rate: number; seed: number; total?: number; run?: string; quiet?: boolean }) => {
    const config = loadConfig(processEnvironment());
    const state = readDemoState(config.data.folder);
    if (!state) throw new Error(`There is no demo in ${config.data.folder}. Run "npm start" first.`);
    const stopping = new AbortController();
    process.once('SIGINT', () => stopping.abort());
    const stats = await runSimulator({
      stream: createStream({
        company: companyOf(state),
        seed: options.seed,
        run: options.run ?? `${systemClock.nowMs().toString(36)}s`,
        trouble: usualTrouble,
      }),
      endpoints: endpointsOf(state, config.http.origin),
      rate: () => options.rate,
      clock: systemClock,
      signal: stopping.signal,
      ...(options.total === undefined ? {} : { total: options.total }),
      onAnswer: (message, status) => {
        if (!options.quiet)
          console.log(`${status || 'no answer'}  ${message.about}${message.forged ? ' (forged)' : ''}`);
      },
    });
    console.log(`sent ${stats.sent}; answers by status: ${JSON.stringify(stats.answers)}`);
  });

program
  .command('verify-audit')
  .description('Recompute every company’s audit chain. Embedded engine: stop the server first.')
  .action(() =>
    withPostgres(async (postgres) => {
      const audit = createAudit({ clock: systemClock, ids: randomIds });
      const identity = createIdentity({ postgres, clock: systemClock, ids: randomIds, audit });
      for (const tenant of await identity.allTenants()) {
        const result = await verifyAudit(postgres, tenant.id);
        console.log(`${result.ok ? 'whole ' : 'BROKEN'}  ${tenant.name}: ${result.entries} entries`);
        for (const finding of result.findings) console.log(`        ${finding.sequence}: ${finding.detail}`);
        if (!result.ok) process.exitCode = 2;
      }
    }),
  );

program
  .command('migrate')
  .description('Apply the database migrations that are missing.')
  .action(() =>
    withPostgres(async (postgres) => {
      const applied = await migrate(postgres);
      console.log(applied.length === 0 ? 'Nothing to apply.' : `Applied ${applied.join(', ')}.`);
    }),
  );

program
  .command('ingest-check')
  .description('Try vendor payloads without a server: prints what each file becomes.')
  .argument('<files...>')
  .option('--vendor <name>', 'left out, it is recognised')
  .allowUnknownOption()
  .action(async () => {
    process.exitCode = await runCheckCommand(process.argv.slice(3), (text) => process.stdout.write(text));
  });

try {
  await program.parseAsync();
} catch (error) {
  console.error(
    error instanceof PlumblineError ? error.detail : error instanceof Error ? error.message : error,
  );
  process.exitCode = 1;
}

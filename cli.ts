import { Command } from 'commander';
import * as z from 'zod';
import { runCheckCommand } from '#ingest';
import { PlumblineError } from '#platform/errors';
import { addAdmin } from './cli/admin.ts';
import { addCorpus } from './cli/corpus.ts';
import { addMigrate } from './cli/migrate.ts';
import { addRoles } from './cli/roles.ts';
import { addSimulate } from './cli/simulate.ts';

const program = new Command('plumbline')
  .description(
    'Compliance analytics: webhooks become live, explained flags.\n"npm start" runs all of it in one process; web, ingest and worker are the same as separate processes.',
  )
  .showHelpAfterError('Run "npm run plumbline -- --help" for what there is.');

addRoles(program);
addMigrate(program);
addAdmin(program);
addSimulate(program);
addCorpus(program);
program
  .command('ingest-check')
  .description('Try vendor payloads without a server: prints what each file becomes.')
  .argument('<files...>')
  .option('--vendor <name>', 'left out, it is recognised')
  .allowUnknownOption()
  .action(async () => {
    process.exitCode = await runCheckCommand(process.argv.slice(3), (text) => process.stdout.write(text));
  });

function say(error: unknown): string {
  if (error instanceof PlumblineError) return error.detail;
  if (error instanceof z.ZodError) return z.prettifyError(error);
  return error instanceof Error ? error.message : String(error);
}

try {
  await program.parseAsync();
} catch (error) {
  console.error(say(error));
  // A role that failed to start may hold engines open already.
  process.exit(1);
}

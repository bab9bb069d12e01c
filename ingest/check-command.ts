import { parseArgs } from 'node:util';
import { systemClock } from '#platform/clock';
import { checkFiles, exitCodeOf } from './check.ts';
import { sources } from './sources.ts';

const usage = `Usage: ingest:check [--vendor NAME] [--set KEY=VALUE]… FILE…
Prints, per file, the normalised events, the drop or dead letter reason, or the error with its place, as JSON.
Vendors: ${sources.map((source) => source.vendor).join(', ')} (found out when left out).
--set gives an endpoint setting, e.g. --set channel=mro. Exit code 2 when any file is in error.
`;

/**
 * The whole command: `argv` without program and script name. Answers the exit code (64 = wrong use). `write` gets
 * one JSON array.
 */
export async function runCheckCommand(
  argv: readonly string[],
  write: (text: string) => void,
): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    strict: false,
    options: {
      vendor: { type: 'string' },
      set: { type: 'string', multiple: true },
      help: { type: 'boolean' },
    },
  });
  if (values.help || positionals.length === 0) {
    write(usage);
    return values.help ? 0 : 64;
  }
  const results = await checkFiles({
    vendor: typeof values.vendor === 'string' ? values.vendor : null,
    files: positionals,
    sources,
    clock: systemClock,
    settings: settingsOf(values.set),
  });
  write(`${JSON.stringify(results, null, 2)}\n`);
  return exitCodeOf(results);
}

/** A checked file has no endpoint; results on it are read as an endpoint behind a medical review officer would send them. */
function settingsOf(given: unknown): Record<string, unknown> {
  const pairs = (Array.isArray(given) ? given : []).map((pair) => {
    const [key = '', ...value] = String(pair).split('=');
    return [key, value.join('=')] as const;
  });
  return { channel: 'mro', ...Object.fromEntries(pairs) };
}

if (import.meta.main) {
  process.exitCode = await runCheckCommand(process.argv.slice(2), (text) => process.stdout.write(text));
}

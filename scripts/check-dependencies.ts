import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { systemClock } from '#platform/clock';
import { processEnvironment } from '#platform/config';

/**
 * Asks the registry for known weaknesses of the dependencies that are shipped: see SECURITY.md, Dependencies.
 * `REQUIRE_ADVISORIES=true` fails where the registry answers none.
 */
const acceptedSchema = z.array(z.object({ id: z.string(), why: z.string().min(10), until: z.iso.date() }));
type Accepted = z.infer<typeof acceptedSchema>;

const adviceSchema = z.object({
  source: z.union([z.string(), z.number()]),
  name: z.string(),
  title: z.string(),
  url: z.string().optional(),
  severity: z.string(),
});
/** What `npm audit --json` prints; a string in `via` names another package of the same report. */
const reportSchema = z.object({
  vulnerabilities: z.record(z.string(), z.object({ via: z.array(z.union([z.string(), adviceSchema])) })),
});

const grave: ReadonlySet<string> = new Set(['high', 'critical']);

/** What to say of a report, and whether the check fails. `today` is a date, `2026-11-20`. */
export function judgeAudit(
  report: string,
  { accepted, today, mustAnswer }: { accepted: Accepted; today: string; mustAnswer: boolean },
): { lines: string[]; fails: boolean } {
  const advisories = advisoriesOf(report);
  if (advisories === null) {
    return { lines: ['The registry answers no advisories; nothing was checked.'], fails: mustAnswer };
  }
  const judged = [...advisories].map(([id, { name, severity, title }]) => {
    const entry = accepted.find((one) => one.id === id && one.until >= today);
    const standing = entry === undefined ? '' : `, accepted until ${entry.until}: ${entry.why}`;
    return {
      line: `${severity.padEnd(8)} ${name}: ${title} (${id})${standing}`,
      fails: entry === undefined && grave.has(severity),
    };
  });
  return {
    lines: judged.length === 0 ? ['No known weakness in what is shipped.'] : judged.map(({ line }) => line),
    fails: judged.some(({ fails }) => fails),
  };
}

/** Each advisory once, by its id, whichever packages it reaches; null = the registry gave none. */
function advisoriesOf(report: string): ReadonlyMap<string, z.infer<typeof adviceSchema>> | null {
  const parsed = reportSchema.safeParse(jsonOf(report));
  if (!parsed.success) return null;
  const all = Object.values(parsed.data.vulnerabilities).flatMap(({ via }) => via);
  return new Map(
    all
      .filter((one) => typeof one === 'object')
      .map((one) => [/GHSA-[\w-]{1,40}/.exec(one.url ?? '')?.[0] ?? String(one.source), one]),
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function main(): void {
  const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  const file = path.join(import.meta.dirname, 'accepted-advisories.json');
  const accepted = acceptedSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const mustAnswer = processEnvironment()['REQUIRE_ADVISORIES'] === 'true';
  const { lines, fails } = judgeAudit(stdout, {
    accepted,
    today: systemClock.now().slice(0, 10),
    mustAnswer,
  });
  for (const line of lines) process.stdout.write(`${line}\n`);
  process.exitCode = fails ? 1 : 0;
}

if (import.meta.main) main();

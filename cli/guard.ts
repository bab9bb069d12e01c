import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { EmployeeId, Id, LocationId, DivisionId, TenantId, UserId } from '#contracts/ids';
import { roles, type Role } from '#contracts/roles';
import { eventsBeforeNotice, laboratorySteps, unannouncedReasons } from '#domain/drug-alcohol';
import { authorize, type Scope, type Viewer } from '#domain/identity';
import { createEmbeddedClickHouse, type ClickHouse } from '#platform/clickhouse';
import { systemClock } from '#platform/clock';
import { createSilentLog } from '#platform/log';
import {
  createGuard,
  fates,
  guardAccess,
  prepareTrial,
  readAttempts,
  trialPlaces,
  tryAttempts,
  type Tried,
} from '#warehouse';
import { seesMasked } from '../src/lib/server/visibility.ts';
import { print } from './tools.ts';

const usage = `npm run guard -- --file FILE.sql --as ROLE [--json FILE] [--database NAME] [--quiet]
Tries each line (SQL<TAB>-- note) on two made-up companies, as someone of the first one, and says what came of it.
Roles: ${[...roles, 'FieldWorker'].join(', ')}.`;

const { values } = parseArgs({
  options: {
    file: { type: 'string' },
    as: { type: 'string', default: 'CompanyAdmin' },
    json: { type: 'string' },
    database: { type: 'string', default: 'plumbline' },
    quiet: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

function viewerAs(role: Role | null): Viewer {
  const { tenantId, divisionIds, locationIds, employeeId } = trialPlaces;
  return {
    user: { id: 'usr_00000000000000000000000001' as UserId, name: 'Asker', email: 'asker@example.com' },
    membership: {
      id: 'mem_00000000000000000000000001' as Id<'membership'>,
      tenantId: tenantId as TenantId,
      role,
      divisionIds:
        role === 'SafetyManager' ? (divisionIds as readonly string[] as readonly DivisionId[]) : null,
      locationIds:
        role === 'SiteSupervisor' ? (locationIds as readonly string[] as readonly LocationId[]) : null,
      employeeId: role === null ? (employeeId as EmployeeId) : null,
      actsFor: [],
    },
    actingTenantId: tenantId as TenantId,
  };
}

function roleNamed(name: string): Role | null {
  if (name === 'FieldWorker') return null;
  const found = roles.find((role) => role === name);
  if (found === undefined) throw new Error(`There is no role ${name}.\n${usage}`);
  return found;
}

async function tryFile(clickhouse: ClickHouse, scope: Scope, file: string): Promise<Tried[]> {
  await prepareTrial(clickhouse);
  const guard = createGuard({
    clickhouse,
    clock: systemClock,
    secrecy: { unannouncedReasons, eventsBeforeNotice, laboratorySteps },
    audienceOf: (asked) => (seesMasked(asked) ? 'der' : 'others'),
    record: () => Promise.resolve(),
  });
  const trial = {
    clickhouse,
    guard,
    scope,
    audience: seesMasked(scope) ? ('der' as const) : ('others' as const),
  };
  return tryAttempts({ ...trial, clock: systemClock }, readAttempts(readFileSync(file, 'utf8')));
}

function report(tried: readonly Tried[]): void {
  const shown = values.quiet ? tried.filter(({ fate }) => fate === 'LEAK') : tried;
  for (const { fate, sql, note, why, tookMs } of shown) {
    print(
      `${fate.padEnd(13)} ${tookMs.toFixed(0).padStart(6)} ms  ${sql.slice(0, 90).padEnd(90)}  ${note.slice(0, 60)}${why === '' ? '' : ` [${why}]`}`,
    );
  }
  const counts = fates.map((fate) => `${tried.filter((each) => each.fate === fate).length} ${fate}`);
  print(`\n${tried.length} lines as ${values.as}: ${counts.join(', ')}`);
}

function writeJson(file: string, tried: readonly Tried[]): void {
  const metrics = fates.map((fate) => {
    const value = tried.filter((each) => each.fate === fate).length;
    const name = fate === 'LEAK' ? 'guard.leaks' : `guard.${fate.replace(' ', '_')}`;
    const aim = fate === 'LEAK' ? { aim: '<= 0', met: value === 0 } : { aim: null, met: null };
    return { name, value, unit: 'lines', ...aim };
  });
  writeFileSync(file, `${JSON.stringify({ role: values.as, metrics, lines: tried }, null, 2)}\n`);
}

async function run(file: string): Promise<void> {
  const scope = authorizeAny(roleNamed(values.as));
  const dir = mkdtempSync(join(tmpdir(), 'plumbline-guard-'));
  const { database } = values;
  const clickhouse = await createEmbeddedClickHouse({
    dir,
    log: createSilentLog(),
    database,
    access: guardAccess(database),
  });
  try {
    const tried = await tryFile(clickhouse, scope, file);
    report(tried);
    if (values.json !== undefined) writeJson(values.json, tried);
    if (tried.some(({ fate }) => fate === 'LEAK')) process.exitCode = 1;
  } finally {
    await clickhouse.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Who may ask nothing at all is refused here, as everywhere, before any SQL is read. */
const authorizeAny = (role: Role | null): Scope => authorize(viewerAs(role), 'see', 'any-module');

if (values.help || values.file === undefined) print(usage);
else await run(values.file);

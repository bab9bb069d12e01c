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
  measureGuard,
  prepareTrial,
  readAttempts,
  trialPlaces,
  tryAttempts,
  type Guard,
  type Tried,
} from '#warehouse';
import { seesMasked } from '../src/lib/server/visibility.ts';
import { print } from './tools.ts';

const usage = `npm run guard -- --file FILE.sql --as ROLE [--json FILE] [--database NAME] [--quiet]
npm run guard -- --measure [--as ROLE] [--json FILE]: our own attacks and plain questions, and what the guard costs
Tries each line (SQL<TAB>-- note) on two made-up companies, as someone of the first one, and says what came of it.
Roles: ${[...roles, 'FieldWorker'].join(', ')}.`;

const { values } = parseArgs({
  options: {
    file: { type: 'string' },
    as: { type: 'string', default: 'CompanyAdmin' },
    json: { type: 'string' },
    database: { type: 'string', default: 'plumbline' },
    measure: { type: 'boolean', default: false },
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

interface Trial {
  readonly clickhouse: ClickHouse;
  readonly guard: Guard;
  readonly scope: Scope;
}

function openTrial(clickhouse: ClickHouse, scope: Scope): Trial {
  const guard = createGuard({
    clickhouse,
    clock: systemClock,
    secrecy: { unannouncedReasons, eventsBeforeNotice, laboratorySteps },
    audienceOf: (asked) => (seesMasked(asked) ? 'der' : 'others'),
    record: () => Promise.resolve(),
  });
  return { clickhouse, guard, scope };
}

function tryLines(trial: Trial, text: string, turn: number): Promise<Tried[]> {
  const audience = seesMasked(trial.scope) ? 'der' : 'others';
  return tryAttempts({ ...trial, audience, clock: systemClock }, readAttempts(text), turn);
}

const ownFile = (name: string): string =>
  readFileSync(new URL(`../warehouse/guard/trials/${name}`, import.meta.url), 'utf8');

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

interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly aim: string | null;
  readonly met: boolean | null;
}

const figure = (name: string, value: number, unit: string, atMost: number | null): Figure => ({
  name: `guard.${name}`,
  value: Math.round(value * 100) / 100,
  unit,
  aim: atMost === null ? null : `<= ${atMost}`,
  met: atMost === null ? null : value <= atMost,
});

function figuresOf(tried: readonly Tried[]): Figure[] {
  return fates.map((fate) => {
    const value = tried.filter((each) => each.fate === fate).length;
    return fate === 'LEAK'
      ? figure('leaks', value, 'lines', 0)
      : figure(fate.replace(' ', '_'), value, 'lines', null);
  });
}

async function tryFile(trial: Trial, file: string): Promise<Figure[]> {
  const tried = await tryLines(trial, readFileSync(file, 'utf8'), 0);
  report(tried);
  return writeJson(figuresOf(tried), tried);
}

async function measure(trial: Trial): Promise<Figure[]> {
  const attacks = await tryLines(trial, ownFile('attacks.sql'), 0);
  const plain = await tryLines(trial, ownFile('questions.sql'), 1);
  report([...attacks, ...plain].filter(({ fate }) => fate === 'LEAK'));
  const cost = await measureGuard({ ...trial, nowMs: () => performance.now() });
  const blocked = plain.filter(({ fate }) => fate !== 'harmless').length;
  const figures = [
    ...figuresOf(attacks),
    figure('false_blocks', blocked, 'lines', 0),
    figure('overhead_p50_ms', cost.overheadP50Ms, 'ms', 3),
    figure('overhead_again_p50_ms', cost.againP50Ms, 'ms', null),
    figure('ratio_100ms', cost.ratio100ms, '×', 1.3),
    figure('by_hand_100ms', cost.byHandMs, 'ms', null),
  ];
  return writeJson(figures, [...attacks, ...plain]);
}

function writeJson(metrics: readonly Figure[], lines: readonly Tried[]): Figure[] {
  if (values.json !== undefined) {
    writeFileSync(values.json, `${JSON.stringify({ role: values.as, metrics, lines }, null, 2)}\n`);
  }
  return [...metrics];
}

async function run(file: string | undefined): Promise<void> {
  const scope = authorizeAny(roleNamed(values.as));
  const dir = mkdtempSync(join(tmpdir(), 'plumbline-guard-'));
  const { database } = values;
  const access = guardAccess(database);
  const clickhouse = await createEmbeddedClickHouse({ dir, log: createSilentLog(), database, access });
  try {
    await prepareTrial(clickhouse);
    const trial = openTrial(clickhouse, scope);
    const figures = file === undefined ? await measure(trial) : await tryFile(trial, file);
    for (const { name, value, unit, aim, met } of figures) {
      print(
        `${name.padEnd(30)} ${String(value).padStart(8)} ${unit.padEnd(6)} ${aim ?? ''} ${met === false ? 'MISSED' : ''}`,
      );
    }
    if (figures.some(({ name, met }) => name === 'guard.leaks' && met === false)) process.exitCode = 1;
  } finally {
    await clickhouse.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Who may ask nothing at all is refused here, as everywhere, before any SQL is read. */
const authorizeAny = (role: Role | null): Scope => authorize(viewerAs(role), 'see', 'any-module');

if (values.help || (values.file === undefined && !values.measure)) print(usage);
else await run(values.file);

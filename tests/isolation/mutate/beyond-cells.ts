import { sql } from 'kysely';
import { modules } from '#contracts/modules';
import { createPrivacy } from '#domain/privacy';
import { randomIds } from '#platform/ids';
import { createStandingReader } from '../../../src/lib/server/integrations/standing.postgres.ts';
import { mayAsk } from '../needs.ts';
import { procedures } from '../procedures.ts';
import type { Trial } from '../trial.ts';
import { answerOf, may, ofAlder } from './answers.ts';
import type { Cell } from './cells.ts';
import { scopeIn } from './roster-cells.ts';

/** Whoever sees some people is answered nothing about the others; whoever sees some modules counts nothing of the others. */
export const beyondCells = (trial: Trial): Cell[] => [
  ...personCells(trial),
  ...serviceCells(trial),
  ...silenceCells(trial),
  ...unowned(trial),
];

/** Every procedure that takes a person, asked for each who is out of scope. */
function personCells(trial: Trial): Cell[] {
  const said = { purpose: 'other', words: 'tried by a test' };
  const asked: Readonly<Record<string, object>> = {
    'person.page': { asOf: null },
    'person.why': { module: 'training', asOf: null },
    'person.openGuarded': { module: 'background', caseRef: 'case 1', ...said, purpose: 'audit' },
    'privacy.panel': {},
    'privacy.reveal': { field: 'externalIds', ...said },
  };
  return ofAlder(trial).flatMap((asker) =>
    [...trial.world.alder.people].flatMap(([index, employeeId]) =>
      asker.people.has(index) || asker.people.size === 0
        ? []
        : Object.entries(asked).map(([path, rest]) => ({
            procedure: null,
            run: async () => {
              const data = await answerOf(trial, asker, path, { employeeId, ...rest });
              return data === null ? [] : [`${asker.name} · ${path} · about person ${index}`];
            },
          })),
    ),
  );
}

/** What approvals and jobs ask of the service about a person, asked by somebody who does not see them. */
function serviceCells(trial: Trial): Cell[] {
  const { app, clock } = trial.world.planted;
  const { domain, keys } = app.services;
  const privacy = createPrivacy({
    postgres: app.engines.postgres,
    people: domain.people,
    audit: domain.audit,
    keys,
    clock,
    holdsOf: (tx, tenantId, employeeId) => domain.legalHolds.of(tx, tenantId, employeeId),
    endOfLog: () => Promise.resolve(0n),
  });
  const southern = trial.world.alder.people.get(4) as never;
  const scope = scopeIn(trial, 'SafetyManager');
  return (['plan', 'collect', 'panel'] as const).map((what) => ({
    procedure: null,
    run: () =>
      privacy[what](scope, southern).then(
        () => [`privacy · ${what} · about somebody of the south`],
        () => [],
      ),
  }));
}

/** People whose flag rests on a silent vendor: two by training, a third by geofence. None of whom other cells tell events. */
const silent = [
  { module: 'training', index: 2 },
  { module: 'training', index: 4 },
  { module: 'geofence', index: 5 },
] as const;

/** Something that says nothing for silence, and an alert about nobody. */
export async function plantSilence({ world: { planted, alder } }: Trial): Promise<void> {
  await planted.app.engines.postgres.asTenant(alder.tenantId, async (tx) => {
    for (const { module, index } of silent) {
      await sql`update flags set flag = 'red', decision = jsonb_set(decision, '{reasons}',
          (decision -> 'reasons') || ((decision -> 'reasons' -> 0) || '{"flag": "stale"}'::jsonb))
        where module = ${module} and employee_id = ${alder.people.get(index)}`.execute(tx);
    }
    await sql`insert into alerts (tenant_id, id, kind, severity, dedupe_key, title, detail, raised_at)
      values (${alder.tenantId}, ${randomIds.next('alert')}, 'dead_letters', 'critical', 'planted', ${aboutNobody},
        'planted', now())`.execute(tx);
  });
}

const aboutNobody = 'planted for the administration';

function silenceCells(trial: Trial): Cell[] {
  const { app, clock } = trial.world.planted;
  const read = createStandingReader(app.engines.postgres);
  const askers = ofAlder(trial).filter(({ role }) => role && role !== 'BillingAdmin');
  return askers.map((asker) => ({
    procedure: null,
    run: async () => {
      if (!asker.role) return [];
      const { stalePeople } = await read(scopeIn(trial, asker.role), clock.now());
      const seen = silent.filter(
        ({ module, index }) =>
          asker.people.has(index) && ['V', 'S', 'D'].some((letter) => may(asker, letter as 'V', module)),
      );
      const counted = Math.max(0, ...stalePeople.values());
      return counted === seen.length
        ? []
        : [`${asker.name} · ${counted} people without news of ${seen.length}`];
    },
  }));
}

/** An alert about nobody is the administration's. */
function unowned(trial: Trial): Cell[] {
  const query = { view: 'raised', module: null, severity: 'critical', employeeId: null };
  return ofAlder(trial)
    .filter((asker) => mayAsk(asker, procedures['alerts.list']?.need ?? 'nothing'))
    .map((asker) => ({
      procedure: null,
      run: async () => {
        const page = await answerOf(trial, asker, 'alerts.list', { query, offset: 0, limit: 200 });
        const told = page?.rows?.some(({ title }) => title === aboutNobody) ?? false;
        const sees = asker.role !== null && may(asker, 'V', 'administration');
        const reads = asker.role !== null && modules.some((module) => may(asker, 'V', module));
        return told === (sees && reads) ? [] : [`${asker.name} · alerts.list · ${aboutNobody}: ${told}`];
      },
    }));
}

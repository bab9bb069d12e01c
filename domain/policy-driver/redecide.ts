import type { EmployeeId, TenantId } from '#contracts/ids';
import type { FlagChanged } from '#contracts/live';
import { modules, type Module } from '#contracts/modules';
import { alertOfDecision, flagAlertKey, type AlertCause, type Alerts } from '#domain/alerts';
import { systemContext, type AuditDraft } from '#domain/audit';
import {
  decideFlags,
  findFlagsToDecide,
  insertHistory,
  saveFlags,
  takeSequence,
  toChanges,
  type Cause,
  type Decided,
  type FlagSubject,
} from '#domain/flags';
import { loadRecords, type StoredRecord } from '#domain/records';
import type { Ids } from '#platform/ids';
import type { Keys } from '#platform/keys';
import type { Tx } from '#platform/postgres';
import type { PacksOf, SourcesOf } from './ports.ts';

/** The flags to look at, by person, with why. */
export type Questions = ReadonlyMap<EmployeeId, Partial<Record<Module, Cause>>>;

export interface RedecideDeps {
  alerts: Alerts;
  ids: Ids;
  keys: Pick<Keys, 'open'>;
}

/** What a tenant's decisions rest on besides its people: read before the transaction, as both may ask the database. */
export interface Policy {
  packs: Awaited<ReturnType<PacksOf>>;
  sources: Awaited<ReturnType<SourcesOf>>;
}

export interface Redecided {
  changes: FlagChanged[];
  drafts: AuditDraft[];
}

interface PersonDecided {
  subject: FlagSubject;
  causes: Partial<Record<Module, Cause>>;
  decided: Decided[];
}

const context = systemContext('policy driver');

/** What may be decided: what is asked, and geofence, which reads the other flags, for whoever has places to be. */
function decidable(
  questions: Questions,
  subjects: readonly FlagSubject[],
): { employeeId: EmployeeId; module: Module }[] {
  return subjects.flatMap(({ facts }) => {
    const { employeeId } = facts;
    const causes = questions.get(employeeId) ?? {};
    const isStirred = facts.requirements.geofence !== undefined;
    return modules
      .filter((module) => causes[module] !== undefined || (module === 'geofence' && isStirred))
      .map((module) => ({ employeeId, module }));
  });
}

/** The records of these flags; those that were folded a moment ago are not read again. */
async function recordsOf(
  { keys: vault }: Pick<RedecideDeps, 'keys'>,
  tx: Tx,
  keys: readonly { employeeId: EmployeeId; module: Module }[],
  folded: readonly StoredRecord[],
): Promise<StoredRecord[]> {
  const known = new Set(folded.map(({ employeeId, module }) => `${employeeId} ${module}`));
  const missing = keys.filter(({ employeeId, module }) => !known.has(`${employeeId} ${module}`));
  return missing.length === 0 ? [...folded] : [...folded, ...(await loadRecords(vault, tx, missing))];
}

function recordsByPerson(stored: readonly StoredRecord[]): Map<EmployeeId, Partial<Record<Module, unknown>>> {
  const byPerson = new Map<EmployeeId, Partial<Record<Module, unknown>>>();
  for (const { employeeId, module, record } of stored) {
    const records = byPerson.get(employeeId) ?? {};
    records[module] = record;
    byPerson.set(employeeId, records);
  }
  return byPerson;
}

function colourChanged({ before, after }: Decided): boolean {
  return before?.decision.flag !== after.decision.flag || before.decision.hold !== after.decision.hold;
}

function flagDrafts(people: readonly PersonDecided[]): AuditDraft[] {
  return people.flatMap(({ decided, causes }) =>
    decided.filter(colourChanged).map(({ module, before, after }) => ({
      ...context,
      act: 'flags:flag:change',
      subject: { type: 'employee', id: after.employeeId },
      before: before && { module, flag: before.decision.flag, hold: before.decision.hold },
      after: {
        module,
        flag: after.decision.flag,
        hold: after.decision.hold,
        rules: after.decision.reasons.map((reason) => `${reason.ruleId}@${reason.ruleVersion}`),
        eventIds: [...(causes[module]?.eventIds ?? [])],
      },
    })),
  );
}

function alertCauses(people: readonly PersonDecided[]): { causes: AlertCause[]; ended: string[] } {
  const causes: AlertCause[] = [];
  const ended: string[] = [];
  for (const { subject, decided } of people) {
    for (const { module, before, after } of decided) {
      const who = {
        employeeId: after.employeeId,
        divisionId: subject.divisionId,
        locationId: subject.locationId,
        name: subject.name,
        module,
      };
      const cause = alertOfDecision(who, after.decision);
      if (cause) causes.push(cause);
      else if (before && alertOfDecision(who, before.decision)) ended.push(flagAlertKey(who));
    }
  }
  return { causes, ended };
}

/**
 * Decides the asked flags again, in the caller's transaction, and writes state, history and alerts. Answers what is to
 * be announced and audited; the caller does both once, at the end of its transaction.
 */
export async function redecide(
  deps: RedecideDeps,
  tx: Tx,
  input: {
    tenantId: TenantId;
    questions: Questions;
    subjects: readonly FlagSubject[];
    /** Records that this transaction has just written. */
    folded: readonly StoredRecord[];
    policy: Policy;
    atMs: number;
    at: string;
  },
): Promise<Redecided> {
  const { tenantId, questions, at } = input;
  const { packs, sources } = input.policy;
  if (questions.size === 0) return { changes: [], drafts: [] };
  const keys = decidable(questions, input.subjects);
  const current = Map.groupBy(await findFlagsToDecide(tx, keys), ({ employeeId }) => employeeId);
  const records = recordsByPerson(await recordsOf(deps, tx, keys, input.folded));
  const people: PersonDecided[] = input.subjects.map((subject) => {
    const employeeId = subject.facts.employeeId;
    const causes = questions.get(employeeId) ?? {};
    const decided = decideFlags({
      tenantId,
      atMs: input.atMs,
      subject,
      modules: modules.filter((module) => causes[module] !== undefined),
      records: records.get(employeeId) ?? {},
      current: current.get(employeeId) ?? [],
      causes,
      sources,
      packs,
      backfillUntilMs: null,
    });
    return { subject, causes, decided };
  });
  return save(deps, tx, { tenantId, people, at });
}

async function save(
  deps: RedecideDeps,
  tx: Tx,
  input: { tenantId: TenantId; people: readonly PersonDecided[]; at: string },
): Promise<Redecided> {
  const { tenantId, people, at } = input;
  await saveFlags(
    tx,
    tenantId,
    people.flatMap(({ decided }) => decided.map(({ after }) => after)),
  );
  const count = people.reduce(
    (sum, { decided }) => sum + decided.reduce((all, { announce }) => all + announce.length, 0),
    0,
  );
  let sequence = count === 0 ? 0 : await takeSequence(tx, tenantId, count);
  const recorded = people.flatMap(({ subject, causes, decided }) => {
    const changes = toChanges({ tenantId, subject, causes }, decided, sequence, deps.ids);
    sequence += changes.length;
    return changes;
  });
  await insertHistory(tx, tenantId, recorded, at);
  const alertDrafts = await deps.alerts.settle(tx, tenantId, { ...alertCauses(people), at, context });
  return {
    changes: recorded.map(({ change }) => change),
    drafts: [...flagDrafts(people), ...alertDrafts],
  };
}

import type { ComplianceEvent } from '#contracts/compliance-event';
import type { EmployeeId, TenantId } from '#contracts/ids';
import type { FlagChanged } from '#contracts/live';
import { modules, type Module } from '#contracts/modules';
import { vendorContext, type Audit, type AuditDraft } from '#domain/audit';
import { flagsToRecheck, type Cause, type FlagSubject } from '#domain/flags';
import { claimEvents, foldIntoRecords, type FoldedRecords, type RecordModels } from '#domain/records';
import { syncReviews, type ReviewChanges } from '#domain/reviews';
import type { Clock } from '#platform/clock';
import type { Outbox } from '#platform/event-log';
import type { Keys } from '#platform/keys';
import type { Postgres, Tx } from '#platform/postgres';
import { lockPeople } from './locks.ts';
import type { AppliedLifecycle, PacksOf, PeoplePort, SourcesOf } from './ports.ts';
import { redecide, type Policy, type Questions, type RedecideDeps } from './redecide.ts';
import { eventAppliedRecord, flagChangedRecord } from './topics.ts';

export interface PolicyDriverDeps extends RedecideDeps {
  postgres: Postgres;
  people: PeoplePort;
  audit: Audit;
  outbox: Outbox;
  clock: Clock;
  models: RecordModels;
  keys: Keys;
  packsOf: PacksOf;
  sourcesOf: SourcesOf;
  /** Called after commit with what was announced, so that viewers on this process need not wait for the log. */
  onChanges: (changes: readonly FlagChanged[]) => void;
}

export interface Applied {
  /** Events that had an effect now; the others had it before. */
  fresh: number;
  changes: FlagChanged[];
}

export interface PolicyDriver {
  /** The effect of some events of one tenant, in one transaction. Safe to repeat. */
  applyEvents(tenantId: TenantId, events: readonly ComplianceEvent[]): Promise<Applied>;
  /** Decides flags again whose instant has come. Answers how many were looked at. */
  recheckDue(limit: number): Promise<number>;
  /** Decides all modules of some people again: after a rule, a requirement or a vendor's health changed. */
  recheckPeople(tenantId: TenantId, employeeIds: readonly EmployeeId[]): Promise<FlagChanged[]>;
}

/** Adds a reason to look at (person, module); events of one batch share one look. */
function ask(
  questions: Map<EmployeeId, Partial<Record<Module, Cause>>>,
  employeeId: EmployeeId,
  module: Module,
  event: ComplianceEvent | null,
): void {
  const causes = questions.get(employeeId) ?? {};
  const earlier = causes[module];
  const received = [earlier?.receivedAt, event?.receivedAt].filter((at) => at !== undefined && at !== null);
  const occurred = [earlier?.occurredAt, event?.occurredAt].filter((at) => at !== undefined && at !== null);
  causes[module] = {
    eventIds: [...(earlier?.eventIds ?? []), ...(event ? [event.id] : [])],
    receivedAt: received.toSorted().at(0) ?? null,
    occurredAt: occurred.toSorted().at(0) ?? null,
  };
  questions.set(employeeId, causes);
}

function eventDraft(event: ComplianceEvent): AuditDraft {
  return {
    ...vendorContext(event.source.vendor, event.source.dedupeKey),
    act: 'records:event:apply',
    subject: { type: 'compliance_event', id: event.id },
    after: {
      employeeId: event.employeeId,
      module: event.module,
      type: event.type,
      subjectRef: event.subjectRef,
      occurredAt: event.occurredAt,
    },
  };
}

/** What the events ask to be decided: their own module; all six for a change of the person. */
function questionsOf(events: readonly ComplianceEvent[], movedPeople: readonly EmployeeId[]): Questions {
  const questions = new Map<EmployeeId, Partial<Record<Module, Cause>>>();
  for (const event of events) {
    const employeeId = event.employeeId;
    if (event.module === 'people') modules.forEach((module) => ask(questions, employeeId, module, event));
    else ask(questions, employeeId, event.module, event);
  }
  for (const employeeId of movedPeople) {
    for (const module of modules)
      if (!questions.get(employeeId)?.[module]) ask(questions, employeeId, module, null);
  }
  return questions;
}

async function policyOf(deps: PolicyDriverDeps, tenantId: TenantId): Promise<Policy> {
  return { packs: await deps.packsOf(tenantId), sources: await deps.sourcesOf(tenantId) };
}

const nobody: AppliedLifecycle = { changed: [], reviews: [], taken: [] };

/** What needs a person now, and what no longer does. A lifecycle event keeps the mark that its message came with. */
function reviewsOf(
  peopleEvents: readonly ComplianceEvent[],
  lifecycle: AppliedLifecycle,
  folded: FoldedRecords,
): ReviewChanges {
  const marked = peopleEvents.flatMap(({ id, review }) =>
    review === null ? [] : [{ eventId: id, reason: review.reason }],
  );
  return {
    opened: [...marked, ...lifecycle.reviews, ...folded.opened],
    closed: [...lifecycle.taken, ...folded.closed],
  };
}

async function applyInside(
  deps: PolicyDriverDeps,
  tx: Tx,
  tenantId: TenantId,
  events: readonly ComplianceEvent[],
  policy: Policy,
): Promise<Applied> {
  await lockPeople(
    tx,
    deps.postgres.mode,
    events.map(({ employeeId }) => employeeId),
  );
  const atMs = deps.clock.nowMs();
  const at = deps.clock.now();
  const claimed = await claimEvents(deps.keys, tx, events, at);
  // A batch may hold two deliveries of one fact, which have one id: the claim is for one of them.
  const fresh = [...new Map(events.map((event) => [event.id, event])).values()].filter((event) =>
    claimed.has(event.id),
  );
  if (fresh.length === 0) return { fresh: 0, changes: [] };
  const peopleEvents = fresh.filter((event) => event.module === 'people');
  const lifecycle =
    peopleEvents.length === 0 ? nobody : await deps.people.applyEvents(tx, tenantId, peopleEvents, at);
  const folded = await foldIntoRecords(tx, {
    models: deps.models,
    keys: deps.keys,
    tenantId,
    events: fresh,
    at,
  });
  const reviews = await syncReviews(tx, tenantId, reviewsOf(peopleEvents, lifecycle, folded), {
    ids: deps.ids,
    at,
  });
  const questions = questionsOf(fresh, lifecycle.changed);
  const subjects = await deps.people.subjects(tx, [...questions.keys()], at);
  const asked = { tenantId, questions, subjects, folded: folded.records, policy, atMs, at };
  const { changes, drafts } = await redecide(deps, tx, asked);
  const moved = lifecycle.changed;
  await announce(deps, tx, {
    tenantId,
    fresh,
    moved,
    subjects,
    changes,
    drafts: [...reviews, ...drafts],
    at,
  });
  return { fresh: fresh.length, changes };
}

async function announce(
  deps: PolicyDriverDeps,
  tx: Tx,
  input: {
    tenantId: TenantId;
    fresh: readonly ComplianceEvent[];
    /** People who are different now. */
    moved: readonly EmployeeId[];
    subjects: readonly FlagSubject[];
    changes: readonly FlagChanged[];
    drafts: readonly AuditDraft[];
    at: string;
  },
): Promise<void> {
  const byId = new Map(input.subjects.map((subject) => [subject.facts.employeeId as string, subject]));
  await deps.audit.append(tx, input.tenantId, [...input.fresh.map(eventDraft), ...input.drafts]);
  await deps.people.announce(tx, input.moved);
  await deps.outbox.add(tx, [
    ...input.fresh.map((event) => eventAppliedRecord(event, byId.get(event.employeeId), input.at)),
    ...input.changes.map(flagChangedRecord),
  ]);
}

async function recheckTenant(
  deps: PolicyDriverDeps,
  tenantId: TenantId,
  keys: readonly { employeeId: EmployeeId; module: Module }[],
): Promise<FlagChanged[]> {
  const policy = await policyOf(deps, tenantId);
  const changes = await deps.postgres.asTenant(tenantId, async (tx) => {
    const questions = new Map<EmployeeId, Partial<Record<Module, Cause>>>();
    for (const { employeeId, module } of keys) ask(questions, employeeId, module, null);
    await lockPeople(tx, deps.postgres.mode, [...questions.keys()]);
    const atMs = deps.clock.nowMs();
    const at = deps.clock.now();
    const subjects = await deps.people.subjects(tx, [...questions.keys()], at);
    const asked = { tenantId, questions, subjects, folded: [], policy, atMs, at };
    const result = await redecide(deps, tx, asked);
    await announce(deps, tx, { tenantId, fresh: [], moved: [], subjects, ...result, at });
    return result.changes;
  });
  deps.onChanges(changes);
  return changes;
}

export function createPolicyDriver(deps: PolicyDriverDeps): PolicyDriver {
  return {
    applyEvents: async (tenantId, events) => {
      const policy = await policyOf(deps, tenantId);
      const applied = await deps.postgres.asTenant(tenantId, (tx) =>
        applyInside(deps, tx, tenantId, events, policy),
      );
      if (applied.changes.length > 0) deps.onChanges(applied.changes);
      return applied;
    },
    recheckDue: async (limit) => {
      const due = await deps.postgres.asSystem((tx) => flagsToRecheck(tx, deps.clock.now(), limit));
      const byTenant = Map.groupBy(due, (key) => key.tenantId);
      for (const [tenantId, keys] of byTenant) await recheckTenant(deps, tenantId as TenantId, keys);
      return due.length;
    },
    recheckPeople: (tenantId, employeeIds) =>
      recheckTenant(
        deps,
        tenantId,
        employeeIds.flatMap((employeeId) => modules.map((module) => ({ employeeId, module }))),
      ),
  };
}

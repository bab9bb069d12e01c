import type { EmployeeId } from '#contracts/ids';
import { modules, type Module } from '#contracts/modules';
import type { NeedInput, StandingNeed } from '#contracts/screens/need-to-know';
import type { PersonHead, PersonPage, Why } from '#contracts/screens/person';
import type { Alerts } from '#domain/alerts';
import type { ActContext, Audit } from '#domain/audit';
import {
  findCurrentFlags,
  headSequence,
  listFlagHistory,
  quotesOf,
  type CompiledPack,
  type FlagHistoryEntry,
} from '#domain/flags';
import { can, visibilityOf, type Scope } from '#domain/identity';
import type { LegalHolds } from '#domain/legal-holds';
import type { NeedToKnow } from '#domain/need-to-know';
import { listPlaceNames, loadPersons, type EmployeeDetail, type People } from '#domain/people';
import { listEvents, type AppliedEvent } from '#domain/records';
import type { Clock } from '#platform/clock';
import type { Keys } from '#platform/keys';
import type { Postgres, Tx } from '#platform/postgres';
import { maskFlag, seesMasked, type Pseudonyms } from '../visibility.ts';
import { personActs } from './acts.ts';
import { sightEvents } from './event-sight.ts';
import { eventTitle, vendorName } from './event-words.ts';
import { guardEvents, recordReveals, type Guarded } from './guarded.ts';
import {
  covers,
  nextOf,
  standingAsOf,
  standingNow,
  stateOf,
  toModules,
  type AsOf,
  type Standing,
} from './modules.ts';
import { qualificationOf } from './qualification.ts';
import { toRecords } from './records.ts';
import { toSpans } from './spans.ts';
import { toTimeline } from './timeline.ts';

export interface PersonPagesDeps {
  readonly postgres: Postgres;
  readonly people: People;
  readonly audit: Audit;
  readonly keys: Keys;
  readonly alerts: Alerts;
  readonly needToKnow: NeedToKnow;
  readonly legalHolds: LegalHolds;
  readonly clock: Clock;
  readonly pseudonyms: Pseudonyms;
  /** The rules by which a driver's file is read. */
  readonly dotPack: CompiledPack;
}

/** Most entries of the timeline on one page; the audit log has the rest. */
const maxTimeline = 200;

/** What is known of a person for one viewer, before it is cut into a page or a drawer. */
interface Known {
  readonly person: EmployeeDetail;
  readonly name: string;
  /** The past asked for; null = now. */
  readonly asOf: AsOf | null;
  readonly sequence: number;
  readonly standings: readonly Standing[];
  readonly history: readonly FlagHistoryEntry[];
  readonly events: readonly AppliedEvent[];
  readonly guards: Guarded['guards'];
  readonly opened: Guarded['opened'];
}

export function createPersonPages(deps: PersonPagesDeps) {
  return {
    /** Throws `people.employee_not_found`, also for a person outside the scope. @param asOf the end of a past day and by when it was known; null = now. */
    async page(
      scope: Scope,
      employeeId: EmployeeId,
      asOf: AsOf | null,
      context: ActContext,
    ): Promise<PersonPage> {
      const read = await deps.postgres.asViewer(scope, async (tx) => {
        const known = await readKnown(deps, tx, scope, employeeId, asOf);
        const page = await readPage(deps, tx, scope, known);
        await recordReveals(deps.needToKnow, tx, scope, { ...known, employeeId, what: 'records' }, context);
        return page;
      });
      return { ...read, acts: personActs(scope, employeeId, await countOpen(deps, scope, employeeId)) };
    },
    /** Why one flag is what it is. */
    why: (
      scope: Scope,
      { employeeId, module }: { readonly employeeId: EmployeeId; readonly module: Module },
      asOf: AsOf | null,
      context: ActContext,
    ): Promise<Why> =>
      deps.postgres.asViewer(scope, async (tx) => {
        const known = await readKnown(deps, tx, scope, employeeId, asOf);
        const why = toWhy(scope, known, module, deps.clock.nowMs());
        const shown = new Set(why.events.map(({ id }) => id));
        const events = known.events.filter(({ event }) => shown.has(event.id));
        await recordReveals(
          deps.needToKnow,
          tx,
          scope,
          { ...known, events, employeeId, what: 'why' },
          context,
        );
        return why;
      }),
    /** Opens a person's guarded records to the viewer. Throws as `page`, and `need_to_know.right_missing`. */
    openFor: (scope: Scope, reason: NeedInput, context: ActContext): Promise<StandingNeed> =>
      deps.postgres.asViewer(scope, async (tx) => {
        const { id } = await deps.people.get(scope, reason.employeeId, tx);
        return deps.needToKnow.give(tx, scope, { ...reason, employeeId: id }, context);
      }),
  };
}

export type PersonPages = ReturnType<typeof createPersonPages>;

async function readKnown(
  deps: PersonPagesDeps,
  tx: Tx,
  scope: Scope,
  employeeId: EmployeeId,
  asOf: AsOf | null,
): Promise<Known> {
  const person = await deps.people.get(scope, employeeId, tx);
  const sequence = await headSequence(tx);
  const audiences = ['all', seesMasked(scope) ? 'der' : 'others'] as const;
  const all = await listFlagHistory(tx, { employeeId, audiences });
  const history = asOf === null ? all : all.filter((entry) => covers(entry, asOf));
  const standings =
    asOf === null ? standingNow(scope, await findCurrentFlags(tx, [employeeId])) : standingAsOf(all, asOf);
  const until = asOf === null ? {} : { occurredUntil: asOf.instant, knownUntil: asOf.knownBy };
  const seen = sightEvents(scope, employeeId, await listEvents(deps.keys, tx, { employeeId, ...until }));
  const guarded = await guardEvents(deps.needToKnow, tx, scope, employeeId, seen);
  const { pseudonyms } = deps;
  const name = person.identified
    ? `${person.firstName ?? ''} ${person.lastName ?? ''}`.trim()
    : pseudonyms.name(scope.tenantId, employeeId);
  return { person, name, asOf, sequence, standings, history, ...guarded };
}

async function readPage(
  deps: PersonPagesDeps,
  tx: Tx,
  scope: Scope,
  known: Known,
): Promise<Omit<PersonPage, 'acts'>> {
  const { asOf } = known;
  const employeeId = known.person.id;
  const at = asOf?.instant ?? deps.clock.now();
  const acts = await readActs(deps, tx, scope, employeeId);
  const facts = (await loadPersons(deps.keys, tx, [employeeId], at))[0]?.facts;
  return {
    sequence: known.sequence,
    at,
    head: await readHead(deps, tx, scope, known),
    modules: toModules(scope, known.standings, known.history, Date.parse(at)),
    timeline: toTimeline(scope, { ...known, acts: acts.filter((act) => act.at <= at) }, maxTimeline),
    records: toRecords(known.events),
    guarded: [...known.guards],
    legalHolds: can(scope, 'view', 'administration')
      ? await deps.legalHolds.of(tx, scope.tenantId, employeeId)
      : null,
    mayAsk: {
      legalHold: can(scope, 'write', 'administration'),
      dqPacket: can(scope, 'export', 'dot') && can(scope, 'view', 'dot'),
    },
    qualification: qualificationOf(scope, {
      pack: deps.dotPack,
      person: facts ?? null,
      events: known.events,
      atMs: Date.parse(at),
    }),
    eventHref: can(scope, 'view', 'administration') ? '/audit?subjectId=' : null,
  };
}

async function readActs(deps: PersonPagesDeps, tx: Tx, scope: Scope, employeeId: EmployeeId) {
  if (!can(scope, 'view', 'administration')) return [];
  const filter = { actorType: 'user', subjectId: employeeId } as const;
  return (await deps.audit.list(tx, filter, { limit: 100 })).entries;
}

function countOpen(deps: PersonPagesDeps, scope: Scope, employeeId: EmployeeId): Promise<number> {
  const viewable = modules.filter((module) => visibilityOf(scope, module) === 'full');
  if (viewable.length === 0) return Promise.resolve(0);
  const filter = { statuses: ['open'] as const, modules: viewable, employeeId, includeMuted: false };
  return deps.alerts.count(scope, { ...filter, at: deps.clock.now() });
}

function named(list: readonly { id: string; name: string }[], id: string | null) {
  return list.find((place) => place.id === id) ?? null;
}

async function readHead(
  deps: PersonPagesDeps,
  tx: Tx,
  scope: Scope,
  { person, name }: Known,
): Promise<PersonHead> {
  const places = await listPlaceNames(tx);
  const manager = person.managerId === null ? null : await deps.people.find(scope, person.managerId, tx);
  return {
    employeeId: person.id,
    name,
    number: person.number,
    phase: person.phase,
    division: named(places.divisions, person.divisionId),
    location: named(places.locations, person.locationId),
    jobRole: named(places.jobRoles, person.jobRoleId),
    manager:
      manager === null
        ? null
        : { id: manager.id, name: `${manager.firstName ?? ''} ${manager.lastName ?? ''}` },
    hiredOn: person.hiredOn,
    zone: person.zone ?? '',
  };
}

function toWhy(scope: Scope, known: Known, module: Module, nowMs: number): Why {
  const sight = visibilityOf(scope, module);
  const standing = known.standings.find((one) => one.module === module);
  const full = sight === 'full' && standing !== undefined;
  const decision = full ? standing.decision : null;
  const atMs = known.asOf === null ? nowMs : Date.parse(known.asOf.instant);
  const cited = new Set(decision?.reasons.flatMap((reason) => reason.eventIds));
  const own = known.history.filter((entry) => entry.module === module && sight !== 'none');
  return {
    employeeId: known.person.id,
    name: known.name,
    module,
    sight,
    state: standing === undefined ? null : maskFlag(stateOf(standing, atMs), sight),
    decidedAt: standing === undefined || sight === 'none' ? null : standing.decidedAt,
    reasons: (decision?.reasons ?? []).map((reason) => ({
      ...reason,
      quotes: [...quotesOf(module, reason.ruleId, reason.ruleVersion)],
    })),
    tasks: decision?.tasks ?? [],
    events: known.events.filter(({ event }) => cited.has(event.id)).map(toWhyEvent),
    guarded: known.guards.some((guard) => guard.module === module && guard.need === null && guard.items > 0),
    spans: toSpans(own, decision === null ? null : nextOf(decision)),
    nextChangeAt: decision?.nextChangeAt ?? null,
    nextFlag: decision?.nextFlag ?? null,
    nextHold: decision?.nextHold ?? null,
    auditHref: can(scope, 'view', 'administration')
      ? `/audit?act=flags%3Aflag%3Achange&subjectId=${known.person.id}`
      : null,
  };
}

function toWhyEvent({ event }: AppliedEvent) {
  return {
    id: event.id,
    at: event.occurredAt,
    title: eventTitle(event),
    source: vendorName(event.source.vendor),
  };
}

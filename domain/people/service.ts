import type { ComplianceEvent } from '#contracts/compliance-event';
import type { EmployeeProfile } from '#contracts/events/people';
import type { EmployeeId, TenantId } from '#contracts/ids';
import { vendorContext, type ActContext } from '#domain/audit';
import { canChangeRoster, type Scope } from '#domain/identity';
import { PlumblineError } from '#platform/errors';
import type { Outbox } from '#platform/event-log';
import type { Postgres, Tx } from '#platform/postgres';
import { admit, type Newcomer } from './admit.ts';
import { announcePeople } from './announce.ts';
import { applyEvents, type AppliedPeopleEvents } from './apply-events.ts';
import type { ImportRow } from './import-rows.ts';
import { importEmployees, type ImportResult } from './import.ts';
import { insertMany, type InsertDeps, type NewEmployee } from './insert.ts';
import { takePhaseChanges } from './phases.ts';
import {
  listDivisions,
  listJobRoles,
  listLocations,
  type Division,
  type JobRole,
  type Location,
} from './places.ts';
import { savePlaces, type PlacesInput, type SavedPlaces } from './save-places.ts';
import { learned, linked, type LearnedReference, type Reference } from './references.ts';
import {
  countEmployees,
  findEmployee,
  listEmployees,
  type EmployeeDetail,
  type EmployeeFilter,
  type EmployeePage,
  type EmployeeView,
} from './roster.ts';
import { listReferences, upsertReferences } from './store.postgres.ts';

export interface PeopleDeps extends InsertDeps {
  readonly postgres: Postgres;
  readonly outbox: Pick<Outbox, 'add'>;
}

/**
 * People of a tenant. Functions with a scope open their own transaction unless given one; those with a `tx` run in the
 * caller's, which is bound to the tenant. Every write is audited in its transaction and announced at its end
 * (`people.changed.v1`), so one that is given a `tx` comes last in it.
 */
export interface People {
  /** Throws `people.not_permitted` when the role sees no people. */
  list(
    scope: Scope,
    filter: EmployeeFilter,
    page: EmployeePage,
    tx?: Tx,
  ): Promise<{ employees: EmployeeView[]; next: string | null }>;
  count(scope: Scope, filter: EmployeeFilter, tx?: Tx): Promise<number>;
  find(scope: Scope, id: EmployeeId, tx?: Tx): Promise<EmployeeDetail | null>;
  /** Throws `people.employee_not_found`, also for a person outside the scope. */
  get(scope: Scope, id: EmployeeId, tx?: Tx): Promise<EmployeeDetail>;
  divisions(scope: Scope): Promise<Division[]>;
  locations(scope: Scope): Promise<Location[]>;
  jobRoles(scope: Scope): Promise<JobRole[]>;
  /** Other systems' ids of a person in scope. */
  references(scope: Scope, id: EmployeeId): Promise<{ system: string; value: string; linkedAt: string }[]>;
  /** Changes a person by hand: an event like a personnel system's. Throws `people.change_refused` with the reason. */
  update(
    scope: Scope,
    id: EmployeeId,
    profile: EmployeeProfile,
    context: ActContext,
  ): Promise<EmployeeDetail>;
  /** Throws `people.roster_not_permitted`. Rows with faults are left out and told. */
  importEmployees(
    scope: Scope,
    rows: readonly ImportRow[],
    options: { readonly preview: boolean; readonly context: ActContext },
  ): Promise<ImportResult>;

  savePlaces(tx: Tx, tenantId: TenantId, places: PlacesInput, context: ActContext): Promise<SavedPlaces>;
  insertMany(
    tx: Tx,
    tenantId: TenantId,
    people: readonly NewEmployee[],
    context: ActContext,
  ): Promise<EmployeeId[]>;
  /** Makes employees of people whom a personnel system reports as hired; null where a person must look. */
  admit(
    tx: Tx,
    tenantId: TenantId,
    newcomers: readonly Newcomer[],
    context: ActContext,
  ): Promise<(EmployeeId | null)[]>;
  /** Remembers that other systems' ids mean these people, also where they meant somebody else. */
  linkReferences(tx: Tx, tenantId: TenantId, links: readonly Reference[], context: ActContext): Promise<void>;
  /** Remembers what vendors' messages tell; ids that already mean somebody are left alone. */
  learnReferences(tx: Tx, tenantId: TenantId, links: readonly LearnedReference[]): Promise<void>;
  /** Announces nothing: whoever goes on in the transaction ends it with `announce` of those changed. */
  applyEvents(
    tx: Tx,
    tenantId: TenantId,
    events: readonly ComplianceEvent[],
    context: ActContext,
  ): Promise<AppliedPeopleEvents>;
  announce(tx: Tx, employeeIds: readonly EmployeeId[]): Promise<void>;
  /** Phases that change by date alone; answers whose flags are to be decided again. Call until empty. */
  takePhaseChanges(tx: Tx, tenantId: TenantId, limit: number): Promise<EmployeeId[]>;
}

export function createPeople(deps: PeopleDeps): People {
  const { postgres } = deps;
  function within<T>(scope: Scope, tx: Tx | undefined, work: (tx: Tx) => Promise<T>): Promise<T> {
    return tx === undefined ? postgres.asViewer(scope, work) : work(tx);
  }
  const announce: People['announce'] = (tx, ids) => announcePeople(deps.outbox, tx, ids);
  const get: People['get'] = (scope, id, tx) =>
    within(scope, tx, async (inner) => (await findEmployee(inner, scope, id)) ?? notFound(id));

  return {
    list: (scope, filter, page, tx) =>
      within(scope, tx, (inner) => listEmployees(inner, scope, filter, page)),
    count: (scope, filter, tx) => within(scope, tx, (inner) => countEmployees(inner, scope, filter)),
    find: (scope, id, tx) => within(scope, tx, (inner) => findEmployee(inner, scope, id)),
    get,
    divisions: (scope) => within(scope, undefined, (tx) => listDivisions(tx, scope)),
    locations: (scope) => within(scope, undefined, (tx) => listLocations(tx, scope)),
    jobRoles: (scope) => within(scope, undefined, (tx) => listJobRoles(tx, scope)),
    references: (scope, id) =>
      within(scope, undefined, async (tx) => {
        const person = await get(scope, id, tx);
        return person.identified ? listReferences(tx, id) : [];
      }),
    update: (scope, id, profile, context) =>
      within(scope, undefined, (tx) => updateByHand(deps, tx, scope, id, profile, context)),
    importEmployees: (scope, rows, options) => {
      if (!canChangeRoster(scope)) return Promise.reject(rosterRefused());
      return within(scope, undefined, async (tx) => {
        const result = await importEmployees(deps, tx, scope.tenantId, rows, options);
        await announce(tx, result.changed);
        return result;
      });
    },
    savePlaces: (tx, tenantId, places, context) => savePlaces(deps, tx, tenantId, places, context),
    insertMany: async (tx, tenantId, people, context) => {
      const added = await insertMany(deps, tx, tenantId, people, context);
      await announce(tx, added);
      return added;
    },
    admit: async (tx, tenantId, newcomers, context) => {
      const admitted = await admit(deps, tx, tenantId, newcomers, context);
      await announce(
        tx,
        admitted.filter((id) => id !== null),
      );
      return admitted;
    },
    linkReferences: (tx, tenantId, links, context) => linkReferences(deps, tx, tenantId, links, context),
    learnReferences: (tx, tenantId, links) => learnReferences(deps, tx, tenantId, links),
    applyEvents: (tx, tenantId, events, context) => applyEvents(deps, tx, tenantId, events, context),
    announce,
    takePhaseChanges: async (tx, tenantId, limit) => {
      const moved = await takePhaseChanges(deps, tx, tenantId, limit);
      await announce(tx, moved);
      return moved;
    },
  };
}

function notFound(id: EmployeeId): never {
  throw new PlumblineError({
    kind: 'not_found',
    code: 'people.employee_not_found',
    detail: `There is no employee ${id} among the people you see.`,
  });
}

function rosterRefused(): PlumblineError {
  return new PlumblineError({
    kind: 'forbidden',
    code: 'people.roster_not_permitted',
    detail: 'Your role does not change the roster.',
  });
}

async function updateByHand(
  deps: PeopleDeps,
  tx: Tx,
  scope: Scope,
  id: EmployeeId,
  profile: EmployeeProfile,
  context: ActContext,
): Promise<EmployeeDetail> {
  if (!canChangeRoster(scope)) throw rosterRefused();
  if ((await findEmployee(tx, scope, id)) === null) notFound(id);
  const now = deps.clock.now();
  const event: ComplianceEvent = {
    id: deps.ids.next('event'),
    schemaVersion: 1,
    tenantId: scope.tenantId,
    employeeId: id,
    module: 'people',
    type: 'employee.updated',
    subjectRef: id,
    occurredAt: now,
    receivedAt: now,
    version: 0,
    source: { vendor: 'app', endpointId: null, dedupeKey: id, rawRef: null },
    payload: { profile: JSON.parse(JSON.stringify(profile)) },
    review: null,
  };
  const { changed, reviews } = await applyEvents(deps, tx, scope.tenantId, [event], context);
  if (reviews.length > 0) {
    throw new PlumblineError({
      kind: 'invalid',
      code: 'people.change_refused',
      detail: `The change was not made: ${reviews.map((review) => review.reason).join('; ')}.`,
    });
  }
  await announcePeople(deps.outbox, tx, changed);
  return (await findEmployee(tx, scope, id)) ?? notFound(id);
}

async function linkReferences(
  deps: PeopleDeps,
  tx: Tx,
  tenantId: TenantId,
  links: readonly Reference[],
  context: ActContext,
): Promise<void> {
  const moved = await upsertReferences(tx, tenantId, links, deps.clock.now());
  await deps.audit.append(
    tx,
    tenantId,
    moved.map((link) => linked(link, context)),
  );
}

async function learnReferences(
  deps: PeopleDeps,
  tx: Tx,
  tenantId: TenantId,
  links: readonly LearnedReference[],
): Promise<void> {
  const vendors = new Map(links.map((link) => [`${link.system} ${link.value}`, link.vendor]));
  const fresh = await upsertReferences(tx, tenantId, links, deps.clock.now(), 'keep');
  const byVendor = Map.groupBy(fresh, (link) => vendors.get(`${link.system} ${link.value}`) ?? '');
  const drafts = [...byVendor].map(([vendor, ofVendor]) => learned(ofVendor, vendorContext(vendor)));
  await deps.audit.append(tx, tenantId, drafts);
}

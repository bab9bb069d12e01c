import * as z from 'zod';
import { idSchema, type UserId } from '#contracts/ids';
import {
  incidentActInputSchema,
  incidentDetailSchema,
  incidentPageInputSchema,
  incidentPageSchema,
  incidentViews,
  watchThresholdsSchema,
  watchTuneSchema,
  type IncidentDetail,
  type IncidentPage,
  type IncidentRow,
  type IncidentView,
  type WatchThresholds,
} from '#contracts/screens/incidents';
import { can, type Scope } from '#domain/identity';
import {
  allowedActs,
  detectorNames,
  detectors,
  type Incident,
  type Incidents,
  type IncidentState,
  type Thresholds,
} from '#domain/incidents';
import { actContextOf } from '../context.ts';
import { rightWords, whoMay } from '../rights.ts';
import { router, scopedProcedure } from '../trpc.ts';

export interface IncidentsRouterDeps {
  readonly incidents: Incidents;
  /** Whether addresses can be placed on the map. */
  readonly mapped: boolean;
  /** Names of users by id; those who are gone are left out. */
  userNames(tenantId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

const statesOf: Readonly<Record<IncidentView, readonly IncidentState[]>> = {
  waiting: ['open'],
  answered: ['acknowledged', 'contained'],
  ended: ['resolved', 'false_positive'],
};
const former = 'a former user';

const reader = scopedProcedure('administration', 'view');
const writer = scopedProcedure('administration', 'write');

export function createIncidentsRouter(deps: IncidentsRouterDeps) {
  return router({
    list: reader
      .input(incidentPageInputSchema)
      .output(incidentPageSchema)
      .query(({ ctx: { scope }, input }) => listPage(deps, scope, input)),
    get: reader
      .input(z.object({ id: idSchema('incident') }))
      .output(incidentDetailSchema)
      .query(({ ctx: { scope }, input }) => readIncident(deps, scope, input.id)),
    /** Answers an incident; each step has its line in the timeline and its entry in the audit log. */
    act: writer
      .input(incidentActInputSchema)
      .output(incidentDetailSchema)
      .mutation(async ({ ctx, input }) => {
        await deps.incidents.act(ctx.scope, input, actContextOf(ctx));
        return readIncident(deps, ctx.scope, input.id);
      }),
    thresholds: reader
      .output(watchThresholdsSchema)
      .query(async ({ ctx: { scope } }) => told(deps, scope, await deps.incidents.thresholds(scope))),
    tune: writer
      .input(watchTuneSchema)
      .output(watchThresholdsSchema)
      .mutation(async ({ ctx, input }) => {
        const { scope } = ctx;
        const tuned = await deps.incidents.tune(scope, input.detector, input.numbers, actContextOf(ctx));
        return told(deps, scope, tuned);
      }),
  });
}

async function listPage(
  { incidents, userNames }: IncidentsRouterDeps,
  scope: Scope,
  { view, offset, limit }: { view: IncidentView; offset: number; limit: number },
): Promise<IncidentPage> {
  const found = await incidents.list(scope, statesOf[view], { offset, limit });
  const names = await namesOf(userNames, scope, found.incidents);
  const countOf = (one: IncidentView) =>
    statesOf[one].reduce((sum, state) => sum + (found.counts.get(state) ?? 0), 0);
  return {
    total: countOf(view),
    offset,
    counts: Object.fromEntries(incidentViews.map((one) => [one, countOf(one)])) as IncidentPage['counts'],
    rows: found.incidents.map((incident) => toRow(incident, names)),
  };
}

function namesOf(
  userNames: IncidentsRouterDeps['userNames'],
  { tenantId }: Scope,
  found: readonly Incident[],
  also: readonly (UserId | null)[] = [],
): Promise<ReadonlyMap<string, string>> {
  const users = [...found.map(({ ownerUserId }) => ownerUserId), ...also].filter((id) => id !== null);
  return userNames(tenantId, [...new Set(users)]);
}

function toRow(incident: Incident, names: ReadonlyMap<string, string>): IncidentRow {
  const { detector, subject, ownerUserId, tenantId: _tenant, ...rest } = incident;
  return {
    ...rest,
    detector: detectors[detector].name,
    about: subject.name,
    owner: ownerUserId === null ? null : (names.get(ownerUserId) ?? former),
  };
}

async function readIncident(
  { incidents, userNames }: IncidentsRouterDeps,
  scope: Scope,
  id: Incident['id'],
): Promise<IncidentDetail> {
  const { incident, timeline } = await incidents.get(scope, id);
  const actors = timeline.map(({ actorUserId }) => actorUserId);
  const names = await namesOf(userNames, scope, [incident], actors);
  const denied = incident.subject.id === scope.userId ? ownCase : lookOnly(scope);
  return {
    ...toRow(incident, names),
    denied,
    acts: denied === '' ? allowedActs(incident.state) : [],
    timeline: timeline.map(({ sequence, at, kind, words, auditEntryId, actorUserId }) => ({
      sequence,
      at,
      kind,
      words,
      auditEntryId,
      by: actorUserId === null ? null : (names.get(actorUserId) ?? former),
    })),
  };
}

const ownCase = 'This incident is about your own account, so somebody else must answer it.';

function lookOnly(scope: Scope): string {
  if (can(scope, 'write', 'administration')) return '';
  return `Your role may look at this, not answer it: that needs ${rightWords('write', 'administration')}. ${whoMay('write', 'administration', scope)}`.trim();
}

function told({ mapped }: IncidentsRouterDeps, scope: Scope, thresholds: Thresholds): WatchThresholds {
  return {
    mapped,
    denied: lookOnly(scope),
    detectors: detectorNames.map((id) => {
      const { name, source, defaults } = detectors[id];
      const current = new Map(Object.entries(thresholds[id]));
      return {
        id,
        name,
        source,
        numbers: Object.entries(defaults).map(([key, builtIn]) => ({
          key,
          builtIn,
          value: current.get(key) ?? builtIn,
        })),
      };
    }),
  };
}

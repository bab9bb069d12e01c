import type { Id, TenantId, UserId } from '#contracts/ids';
import type { ActContext, Audit, AuditDraft } from '#domain/audit';
import type { AlertCause, Alerts } from '#domain/alerts';
import type { Scope } from '#domain/identity';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import type { Ids } from '#platform/ids';
import type { Postgres, Tx } from '#platform/postgres';
import { actOn, type IncidentOrder } from './act.ts';
import { detect, lookBackMs } from './detect.ts';
import { readFacts } from './facts.postgres.ts';
import type { Locate } from './facts.ts';
import { gather, watchContext } from './gather.ts';
import {
  answerWithinMs,
  incidentAlertKey,
  nextEscalation,
  type Incident,
  type IncidentState,
} from './incident.ts';
import {
  appendTimeline,
  countByState,
  findIncident,
  listIncidents,
  lockOverdue,
  lockWatch,
  readOwnThresholds,
  readSettled,
  readTimeline,
  saveThresholds,
  updateIncident,
  type TimelineEntry,
} from './store.postgres.ts';
import { detectors, thresholdsOf, type DetectorName, type Thresholds } from './thresholds.ts';

export interface IncidentsDeps {
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly alerts: Pick<Alerts, 'settle'>;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Where addresses are; without a map nothing is known of any. */
  readonly locate: Locate;
}

export interface Watched {
  readonly opened: number;
  readonly gathered: number;
  readonly escalated: number;
}

/** Security incidents of one company: found by the watch, answered by people. Each change with its audit entry. */
export interface Incidents {
  /** Looks at what happened lately, opens or feeds incidents, escalates what nobody answered. Repeats safely. */
  watch(tenantId: TenantId): Promise<Watched>;
  /** The reading functions need `view` on `administration`; the caller has checked it. */
  list(
    scope: Scope,
    states: readonly IncidentState[],
    page: { limit: number; offset: number },
  ): Promise<{ incidents: Incident[]; counts: ReadonlyMap<IncidentState, number> }>;
  countOpen(scope: Scope): Promise<number>;
  /** Throws `incidents.not_found`. */
  get(scope: Scope, id: Id<'incident'>): Promise<{ incident: Incident; timeline: TimelineEntry[] }>;
  /**
   * The caller has checked `write` on `administration`. Throws `incidents.not_found`, `incidents.act_refused` (the state
   * does not allow it) and `incidents.own_case` (it is about the viewer).
   */
  act(scope: Scope, order: IncidentOrder, context: ActContext): Promise<Incident>;
  thresholds(scope: Scope): Promise<Thresholds>;
  /** Throws `incidents.threshold_invalid`. */
  tune(scope: Scope, detector: DetectorName, settings: unknown, context: ActContext): Promise<Thresholds>;
}

const dayMs = 86_400_000;
const timelineShown = 500;

export function createIncidents(deps: IncidentsDeps): Incidents {
  const { postgres } = deps;
  const read = <T>(scope: Scope, work: (tx: Tx) => Promise<T>) => postgres.asTenant(scope.tenantId, work);
  return {
    watch: (tenantId) => postgres.asTenant(tenantId, (tx) => watch(deps, tx, tenantId)),
    list: (scope, states, page) =>
      read(scope, async (tx) => ({
        incidents: await listIncidents(tx, states, page),
        counts: await countByState(tx),
      })),
    countOpen: (scope) => read(scope, async (tx) => (await countByState(tx)).get('open') ?? 0),
    get: (scope, id) =>
      read(scope, async (tx) => {
        const incident = await findIncident(tx, id, { lock: false });
        if (incident === null) throw notFound();
        return { incident, timeline: await readTimeline(tx, id, timelineShown) };
      }),
    act: (scope, order, context) =>
      read(scope, async (tx) => {
        const before = await findIncident(tx, order.id, { lock: true });
        if (before === null) throw notFound();
        return actOn(deps, tx, before, order, { scope, context });
      }),
    thresholds: (scope) => read(scope, async (tx) => thresholdsOf(await readOwnThresholds(tx))),
    tune: (scope, detector, settings, context) =>
      read(scope, (tx) => tune(deps, tx, scope, { detector, settings }, context)),
  };
}

async function watch(deps: IncidentsDeps, tx: Tx, tenantId: TenantId): Promise<Watched> {
  await lockWatch(tx, tenantId);
  const nowMs = deps.clock.nowMs();
  const thresholds = thresholdsOf(await readOwnThresholds(tx));
  const since = new Date(nowMs - lookBackMs(thresholds)).toISOString();
  const rememberedSince = new Date(nowMs - thresholds.new_network.rememberedDays * dayMs).toISOString();
  const facts = await readFacts(tx, { since, rememberedSince });
  const settled = await readSettled(tx, since);
  const drafts: AuditDraft[] = [];
  const reopened: Incident[] = [];
  let opened = 0;
  for (const finding of detect(facts, { thresholds, locate: deps.locate, settled })) {
    const gathered = await gather({ tx, ids: deps.ids, tenantId, nowMs }, finding);
    if (gathered === null) continue;
    drafts.push(gathered.draft);
    if (gathered.opened) opened += 1;
    // What is critical is in everybody's inbox at once; the rest when nobody answers.
    if (gathered.incident.severity === 'critical') reopened.push(gathered.incident);
  }
  const gathered = drafts.length - opened;
  const escalated = await escalate(tx, nowMs);
  drafts.push(...escalated.map(escalationDraft));
  const causes = [...new Map([...reopened, ...escalated].map((one) => [one.id, one])).values()]
    .filter(({ state }) => state === 'open')
    .map(alertOf);
  const at = deps.clock.now();
  drafts.push(...(await deps.alerts.settle(tx, tenantId, { causes, ended: [], at, context: watchContext })));
  await deps.audit.append(tx, tenantId, drafts);
  return { opened, gathered, escalated: escalated.length };
}

async function escalate(tx: Tx, nowMs: number): Promise<Incident[]> {
  const at = new Date(nowMs).toISOString();
  const overdue = await lockOverdue(tx, at);
  return Promise.all(
    overdue.map(async (before) => {
      const level = before.level + 1;
      const incident = { ...before, level, escalatesAt: nextEscalation(before.severity, level, nowMs) };
      const words = `Nobody answered within ${answerWithinMs[before.severity] / 60_000} minutes: escalated to level ${level}.`;
      await updateIncident(tx, incident);
      await appendTimeline(
        tx,
        incident,
        [{ at, kind: 'escalation', key: null, words, auditEntryId: null, actorUserId: null }],
        at,
      );
      return incident;
    }),
  );
}

function escalationDraft({ id, level, escalatesAt }: Incident): AuditDraft {
  return {
    ...watchContext,
    act: 'incidents:incident:escalate',
    subject: { type: 'incident', id },
    before: { level: level - 1 },
    after: { level, escalatesAt },
  };
}

/** The alert that stands in the inbox while an incident waits for an answer. */
function alertOf({ id, severity, title, level, escalatesAt }: Incident): AlertCause {
  return {
    dedupeKey: incidentAlertKey(id),
    kind: 'task',
    severity,
    module: null,
    employeeId: null,
    divisionId: null,
    locationId: null,
    ruleId: null,
    flag: null,
    hold: false,
    title: `Security incident: ${title}`,
    detail:
      level === 0
        ? 'It is critical. Open Security and acknowledge it.'
        : `Nobody has answered it, and it has been escalated to level ${level}. Open Security and acknowledge it.`,
    citation: null,
    dueAt: escalatesAt,
  };
}

async function tune(
  deps: IncidentsDeps,
  tx: Tx,
  scope: Scope,
  { detector, settings }: { detector: DetectorName; settings: unknown },
  context: ActContext,
): Promise<Thresholds> {
  const parsed = detectors[detector].schema.safeParse(settings);
  if (!parsed.success) {
    throw new PlumblineError({
      kind: 'invalid',
      code: 'incidents.threshold_invalid',
      detail: `${detectors[detector].name}: these numbers are out of bounds.`,
      places: parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
    });
  }
  await lockWatch(tx, scope.tenantId);
  const before = thresholdsOf(await readOwnThresholds(tx));
  const by: UserId = scope.userId;
  await saveThresholds(tx, scope.tenantId, { detector, settings: parsed.data, by, at: deps.clock.now() });
  await deps.audit.append(tx, scope.tenantId, [
    {
      ...context,
      act: 'incidents:threshold:change',
      subject: { type: 'detector', id: detector },
      before: before[detector],
      after: parsed.data,
    },
  ]);
  return thresholdsOf(await readOwnThresholds(tx));
}

function notFound(): PlumblineError {
  return new PlumblineError({
    kind: 'not_found',
    code: 'incidents.not_found',
    detail: 'There is no such incident in this company.',
  });
}

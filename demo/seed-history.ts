import type { ComplianceEvent } from '#contracts/compliance-event';
import type { EmployeeId, TenantId } from '#contracts/ids';
import { nextRecheckAt } from '#domain/flags';
import type { PolicyDriver } from '#domain/policy-driver';
import type { FrozenClock } from '#platform/clock';
import type { Ids } from '#platform/ids';
import type { Postgres } from '#platform/postgres';
import type { DemoCompany } from './company.ts';
import { demoHistory } from './history.ts';
import { type PastEvent } from './history-plan.ts';

const dayMs = 86_400_000;
/** The part of the past that is lived through day by day, so that trends and flag histories are the rules' own. */
const livedDays = 92;
const batch = 400;
const mostRounds = 200;

function toEvent(
  past: PastEvent,
  index: number,
  who: { tenantId: TenantId; employeeId: EmployeeId; number: string },
  ids: Ids,
): ComplianceEvent {
  const at = new Date(past.atMs).toISOString();
  return {
    id: ids.next('event'),
    schemaVersion: 1,
    tenantId: who.tenantId,
    employeeId: who.employeeId,
    module: past.module,
    type: past.type,
    subjectRef: past.subjectRef,
    occurredAt: at,
    receivedAt: at,
    version: 0,
    source: { vendor: past.vendor, endpointId: null, dedupeKey: `demo:${who.number}:${index}`, rawRef: null },
    payload: past.payload,
    review: null,
  };
}

export interface HistoryDeps {
  /** Wired to `clock`: decisions are dated as they would have been. */
  driver: PolicyDriver;
  postgres: Postgres;
  clock: FrozenClock;
  ids: Ids;
  onProgress: (share: number) => void;
}

/** Decides again at each instant up to `untilMs` at which a flag may change, so that history has the true instants. */
async function passInstants({ driver, clock, postgres }: HistoryDeps, untilMs: number): Promise<void> {
  for (let round = 0; round < mostRounds; round += 1) {
    const next = await postgres.asSystem((tx) => nextRecheckAt(tx));
    if (next === null || Date.parse(next) > untilMs) return;
    if (Date.parse(next) > clock.nowMs()) clock.set(next);
    await driver.recheckDue(2000);
  }
}

/**
 * Lives through the company's past: everything older than 92 days at once, then day by day, each day's events first and
 * then the flags whose instants passed. The history that comes out is decided by the rules, not written by hand.
 */
export async function seedHistory(
  deps: HistoryDeps,
  input: {
    seed: number;
    company: DemoCompany;
    tenantId: TenantId;
    employeeIds: ReadonlyMap<string, EmployeeId>;
    nowMs: number;
  },
): Promise<number> {
  const { company, tenantId, nowMs } = input;
  const events = company.people.flatMap((person) => {
    const employeeId = input.employeeIds.get(person.number);
    if (employeeId === undefined) return [];
    return demoHistory(input.seed, company, person, nowMs - 60_000).map((past, index) =>
      toEvent(past, index, { tenantId, employeeId, number: person.number }, deps.ids),
    );
  });
  const startMs = nowMs - livedDays * dayMs;
  const before = events.filter((event) => Date.parse(event.occurredAt) <= startMs);
  const lived = events
    .filter((event) => Date.parse(event.occurredAt) > startMs)
    .toSorted((a, b) => Date.parse(a.occurredAt) - Date.parse(b.occurredAt));

  deps.clock.set(new Date(startMs).toISOString());
  for (let from = 0; from < before.length; from += batch) {
    await deps.driver.applyEvents(tenantId, before.slice(from, from + batch));
    deps.onProgress((from / events.length) * 0.9);
  }
  const everybody = [...input.employeeIds.values()];
  for (let from = 0; from < everybody.length; from += batch) {
    await deps.driver.recheckPeople(tenantId, everybody.slice(from, from + batch));
  }
  let next = 0;
  for (let dayEndMs = startMs + dayMs; dayEndMs < nowMs + dayMs; dayEndMs += dayMs) {
    const untilMs = Math.min(dayEndMs, nowMs);
    const first = next;
    while (next < lived.length && Date.parse(lived[next]?.occurredAt ?? '') <= untilMs) next += 1;
    await passInstants(deps, untilMs);
    deps.clock.set(new Date(untilMs).toISOString());
    for (let from = first; from < next; from += batch) {
      await deps.driver.applyEvents(tenantId, lived.slice(from, Math.min(next, from + batch)));
    }
    deps.onProgress((before.length + next) / Math.max(1, events.length));
  }
  return events.length;
}

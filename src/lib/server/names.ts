import { peopleChangedTopic } from '#domain/people';
import { eventsAppliedTopic, flagsChangedTopic } from '#domain/policy-driver';
import { ingestTopics } from '#ingest';
import type { EventLog } from '#platform/event-log';

/** What each consumer group reads whose members share the work. */
export const groupTopics = {
  ...ingestTopics,
  apply: ['compliance.*'],
  warehouse: [eventsAppliedTopic, flagsChangedTopic, peopleChangedTopic],
} as const;

/** The consumer groups of the flow; `live` is each process with viewers for itself. */
export const consumerGroups = [...Object.keys(groupTopics), 'live'];

/** Records that each group has yet to handle, whichever processes its members run in. */
export async function readGroupLags(eventLog: Pick<EventLog, 'lag'>): Promise<Record<string, number>> {
  const lags = Object.entries(groupTopics).map(
    async ([group, topics]) => [group, await eventLog.lag({ group, topics })] as const,
  );
  return Object.fromEntries(await Promise.all(lags));
}

/** The jobs by the clock. */
export const jobNames = [
  'warehouse-day-rollup',
  'people-phase-changes',
  'approvals-expiry',
  'vendor-watch',
  'security-watch',
  'event-log-retention',
  'privacy-erasures',
] as const;

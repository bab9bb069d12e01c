import type { ClickHouse } from '#platform/clickhouse';
import { systemClock } from '#platform/clock';
import { createGuard, type Guard, type GuardDeps } from './guard.ts';
import { settingsOf, defaultLimits } from './statement.ts';

/** For tests. Not exported from the face. */
export const testSecrecy = {
  unannouncedReasons: ['random', 'follow_up'],
  eventsBeforeNotice: ['test.ordered', 'test.withdrawn', 'test.word_unknown'],
  laboratorySteps: ['test.lab_received', 'test.lab_reported'],
};

export function testGuard(clickhouse: ClickHouse, over: Partial<GuardDeps> = {}): Guard {
  return createGuard({
    clickhouse,
    clock: systemClock,
    secrecy: testSecrecy,
    audienceOf: ({ role }) => (role === 'DER' ? 'der' : 'others'),
    record: () => Promise.resolve(),
    ...over,
  });
}

export const testSettings = settingsOf({ ...defaultLimits, seconds: 2, rows: 100_000 }, 'embedded');

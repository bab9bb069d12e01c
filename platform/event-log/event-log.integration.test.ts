import { describe } from 'vitest';
import { systemClock } from '#platform/clock';
import { createSilentLog } from '#platform/log';
import { openTestDatabase } from '../../tests/support/database.ts';
import { eventLogConformance } from './conformance.ts';
import { openPostgresEventLog, type PostgresEventLog } from './index.ts';

const log = createSilentLog();

describe('embedded engine', () => {
  eventLogConformance(async () => {
    const postgres = await openTestDatabase();
    let opened: PostgresEventLog | undefined;
    return {
      open: async () => (opened = await openPostgresEventLog({ postgres, clock: systemClock, log })),
      expire: async () => {
        await opened?.trim(systemClock.nowMs() + 1);
      },
      dispose: () => postgres.close(),
    };
  });
});

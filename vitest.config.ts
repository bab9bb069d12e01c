import { defineConfig } from 'vitest/config';

const exclude = ['**/node_modules/**', '**/build/**', '**/.svelte-kit/**'];

/** About the embedded engines themselves, or said of servers by a `*.services.test.ts` beside it. */
const embeddedOnly = [
  'cli/*.integration.test.ts',
  'platform/{clickhouse,objects}/*.integration.test.ts',
  'platform/event-log/{crash,event-log}.integration.test.ts',
  'platform/postgres/engine*.integration.test.ts',
  'scripts/services/*.integration.test.ts',
  'warehouse/migrate.integration.test.ts',
];

/** On servers, when nothing else runs there: the stories that go through every screen, and what restarts the broker. */
const alone = ['tests/e2e/plumbline.test.ts', 'platform/event-log/kafka-restart.services.test.ts'];

/** What all servers of a run log is searched for planted secrets when it ends. */
const globalSetup = ['tests/support/logs-without-secrets.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...exclude, '**/*.integration.test.ts', '**/*.services.test.ts', 'tests/e2e/**'],
          testTimeout: 10_000,
        },
      },
      {
        test: {
          name: 'integration',
          globalSetup,
          include: ['**/*.integration.test.ts'],
          exclude,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Each file starts its own embedded engines; two cores carry two at a time.
          maxWorkers: 2,
        },
      },
      {
        test: {
          // Against real servers, whose addresses the environment gives: `npm run test:services`.
          name: 'services',
          globalSetup,
          include: ['**/*.services.test.ts', '**/*.integration.test.ts'],
          exclude: [...exclude, ...embeddedOnly, ...alone],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'services-alone',
          globalSetup,
          include: alone,
          sequence: { groupOrder: 1 },
          exclude,
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'e2e',
          globalSetup,
          include: ['tests/e2e/**/*.test.ts'],
          exclude,
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});

import path from 'node:path';
import { defineConfig } from 'vitest/config';

/** The suites that take guards away: `npm run test:isolation -- --mutate`. */
export default defineConfig({
  test: {
    root: path.resolve(import.meta.dirname, '../../..'),
    include: ['tests/isolation/mutate/*.mutants.ts'],
    testTimeout: 600_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
  },
});

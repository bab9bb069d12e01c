import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { instrument } from './instrument.ts';
import { guardedFolders, unguarded } from './sites.ts';

const root = path.resolve(import.meta.dirname, '../../..');

function isGuarded(file: string): boolean {
  return (
    file.endsWith('.ts') &&
    !unguarded.test(file) &&
    guardedFolders.some((folder) => file.startsWith(`${folder}/`))
  );
}

/** The suites that take guards away: `npm run test:isolation -- --mutate`. */
export default defineConfig({
  plugins: [
    {
      name: 'guards behind switches',
      enforce: 'pre',
      transform(text: string, id: string) {
        const file = path.relative(root, id.split('?')[0] ?? '');
        return isGuarded(file) ? { code: instrument(file, text), map: null } : undefined;
      },
    },
  ],
  test: {
    root,
    include: ['tests/isolation/mutate/*.mutants.ts'],
    setupFiles: [path.join(import.meta.dirname, 'setup.ts')],
    testTimeout: 900_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
  },
});

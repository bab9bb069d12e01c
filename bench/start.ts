import { metric, type PartResult } from './metrics.ts';
import { removeFolder, startServer, temporaryFolder } from './server-under-test.ts';

/**
 * From starting the process to the first served page. Cold: an empty folder, so the engines are initialised, migrated
 * and the demo company lives through its past (2,000 people, as `npm start` makes it). Warm: the same folder again.
 */
export async function measureStart({ quick }: { quick: boolean }): Promise<PartResult> {
  const folder = temporaryFolder();
  const options = { people: quick ? 50 : 2000, history: true, folder };
  try {
    const first = await startServer(options);
    await first.stop();
    const warm: number[] = [];
    for (let run = 0; run < (quick ? 1 : 3); run += 1) {
      const again = await startServer(options);
      warm.push(again.startedInMs / 1000);
      await again.stop();
    }
    const middle = warm.toSorted((a, b) => a - b)[Math.floor(warm.length / 2)] ?? 0;
    return {
      metrics: [metric('start.cold_s', first.startedInMs / 1000), metric('start.warm_s', middle)],
      notes: [`${options.people} people with a past; warm is the median of ${warm.length}.`],
    };
  } finally {
    removeFolder(folder);
  }
}

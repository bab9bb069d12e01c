import { afterEach, expect, test, vi } from 'vitest';
import { createFrozenClock } from '#platform/clock';
import { createCountingIds } from '#platform/ids';
import { createSilentMeter } from '#platform/telemetry';
import { createMeasures } from '../measures.ts';
import { sources } from '../sources.ts';
import { createAcceptor } from './accept.ts';
import { createDoorCounters } from './counters.ts';
import { createEndpointDirectory } from './directory.ts';

afterEach(() => vi.useRealTimers());

const clock = createFrozenClock('2026-11-20T12:00:00.000Z');

async function openEndpoint() {
  const ids = createCountingIds();
  const row = {
    id: ids.next('endpoint'),
    tenantId: ids.next('tenant'),
    vendor: 'checkr',
    secrets: ['one'],
    settings: {},
    ratePerMinute: null,
    active: true,
    admitsPeople: false,
    api: null,
  };
  const directory = createEndpointDirectory({ load: () => Promise.resolve([row]), sources, clock });
  const endpoint = await directory.find(row.id);
  if (!endpoint) throw new Error('the endpoint is not found');
  return { endpoint, ids };
}

const report = Buffer.from(
  JSON.stringify({
    id: 'e1',
    object: 'event',
    type: 'report.completed',
    created_at: '2026-11-20T11:59:00Z',
    data: { object: { id: 'r1', object: 'report', status: 'complete', result: 'clear', candidate_id: 'c1' } },
  }),
);

test('a vendor hears that nothing is stored before it gives up, though the log neither answers nor fails', async () => {
  const { endpoint, ids } = await openEndpoint();
  vi.useFakeTimers();
  const accept = createAcceptor({
    log: { append: () => new Promise<never>(() => {}) },
    counters: createDoorCounters(),
    measures: createMeasures(createSilentMeter()),
    clock,
    ids,
  });
  const answered = accept(endpoint, report, {}).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(9000);
  expect(await Promise.race([answered, Promise.resolve('still waiting')])).toMatchObject({
    kind: 'unavailable',
    code: 'ingest.not_stored',
  });
});

import { expect, test } from 'vitest';
import { createCountingIds } from '#platform/ids';
import { createLocalRateLimits } from '#platform/rate-limits';
import { sources } from '../sources.ts';
import type { OpenEndpoint } from './directory.ts';
import { createDoorRate } from './rate.ts';

const ids = createCountingIds();
const [source] = sources;

function endpoint(tenantId: OpenEndpoint['tenantId'], ratePerMinute: number | null = null): OpenEndpoint {
  if (!source) throw new Error('no source');
  return {
    id: ids.next('endpoint'),
    tenantId,
    vendor: source.vendor,
    secrets: [],
    settings: {},
    ratePerMinute,
    active: true,
    admitsPeople: false,
    api: null,
    source,
    verify: source.createVerifier([]),
  };
}

/** How many of `count` requests are let through. */
async function passed(
  rate: ReturnType<typeof createDoorRate>,
  one: OpenEndpoint,
  count: number,
): Promise<number> {
  let through = 0;
  for (let sent = 0; sent < count; sent += 1) if ((await rate.take(one)) === null) through += 1;
  return through;
}

test('endpoints of a tenant share its rate, other tenants have their own', async () => {
  const rate = createDoorRate({ tenantPerMinute: 10, rateLimits: createLocalRateLimits() });
  const tenant = ids.next('tenant');
  expect(await passed(rate, endpoint(tenant), 6)).toBe(6);
  expect(await passed(rate, endpoint(tenant), 6)).toBe(4);
  expect(await passed(rate, endpoint(ids.next('tenant')), 12)).toBe(10);
});

test('an endpoint with a rate of its own neither uses nor needs the tenant’s', async () => {
  const rate = createDoorRate({ tenantPerMinute: 2, rateLimits: createLocalRateLimits() });
  const tenant = ids.next('tenant');
  expect(await passed(rate, endpoint(tenant, 5), 9)).toBe(5);
  expect(await passed(rate, endpoint(tenant), 3)).toBe(2);
});

test('the wait is told in whole seconds of the minute', async () => {
  const rate = createDoorRate({ tenantPerMinute: 1, rateLimits: createLocalRateLimits() });
  const one = endpoint(ids.next('tenant'));
  await rate.take(one);
  const waitS = await rate.take(one);
  expect(waitS).toBeGreaterThan(0);
  expect(waitS).toBeLessThanOrEqual(60);
  expect(Number.isInteger(waitS)).toBe(true);
});

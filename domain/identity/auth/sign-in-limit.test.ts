import { describe, expect, it } from 'vitest';
import { createLocalRateLimits } from '#platform/rate-limits';
import { createSignInLimit } from './sign-in-limit.ts';

async function fail(limit: ReturnType<typeof createSignInLimit>, email: string, ips: readonly string[]) {
  for (const ip of ips) await limit.failed(email, ip);
}

const places = (count: number) => Array.from({ length: count }, (_, index) => `203.0.113.${index}`);

describe('createSignInLimit', () => {
  it('stops an address after ten failures from one place, in whatever letters', async () => {
    const limit = createSignInLimit(createLocalRateLimits());
    await fail(
      limit,
      'Ann@Example.com ',
      Array.from({ length: 9 }, () => '192.0.2.1'),
    );
    expect(await limit.waitS('ann@example.com', '192.0.2.1')).toBeNull();
    await limit.failed('ann@example.com', '192.0.2.1');
    expect(await limit.waitS('ANN@example.com', '192.0.2.1')).toBeGreaterThan(800);
    expect(await limit.waitS('ann@example.com', '192.0.2.2')).toBeNull();
    expect(await limit.waitS('bob@example.com', '192.0.2.1')).toBeNull();
  });

  it('stops an address after fifty failures from many places', async () => {
    const limit = createSignInLimit(createLocalRateLimits());
    await fail(limit, 'ann@example.com', places(49));
    expect(await limit.waitS('ann@example.com', '198.51.100.1')).toBeNull();
    await fail(limit, 'ann@example.com', ['198.51.100.2']);
    expect(await limit.waitS('ann@example.com', '198.51.100.1')).toBeGreaterThan(3000);
  });

  it('forgets the failures of a place when the password was right', async () => {
    const limit = createSignInLimit(createLocalRateLimits());
    await fail(
      limit,
      'ann@example.com',
      Array.from({ length: 9 }, () => '192.0.2.1'),
    );
    await limit.succeeded('ann@example.com', '192.0.2.1');
    await limit.failed('ann@example.com', '192.0.2.1');
    expect(await limit.waitS('ann@example.com', '192.0.2.1')).toBeNull();
  });
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorld, type World } from '../../tests/support/world.ts';
import { listLetters } from './dead-letters-store.postgres.ts';
import type { FateStore, NewDeadLetter } from './fates.ts';
import { createFateStore } from './store.postgres.ts';

let world: World;
let store: FateStore;

beforeAll(async () => {
  world = await openWorld();
  store = createFateStore(world);
});
afterAll(() => world.close());

/** The same message, delivered and kept at this place of the log. */
function letter(offset: number): NewDeadLetter {
  const record = { topic: 'raw.checkr', partition: 0, offset: BigInt(offset), headers: {} };
  return {
    arrival: {
      record: { ...record, key: 'k', value: new Uint8Array(), appendedAtMs: 0 },
      rawRef: `raw.checkr/0/${offset}`,
      endpointId: 'end_1' as NewDeadLetter['arrival']['endpointId'],
      vendor: 'checkr',
      deliveryKey: 'delivery-1',
      receivedAt: '2026-11-20T12:00:00.000Z',
      tenantId: world.tenantId,
      admitsPeople: false,
      matched: {},
    },
    item: 'a',
    reason: 'employee_unknown',
    detail: 'nobody of that name',
    subject: null,
    raw: null,
    preview: '',
  };
}

const file = (...offsets: number[]) =>
  store.file(world.tenantId, { deadLetters: offsets.map(letter), drops: [] });

async function deliveries(): Promise<number | undefined> {
  const { letters } = await world.postgres.asTenant(world.tenantId, (tx) =>
    listLetters(tx, {}, { limit: 50, offset: 0 }),
  );
  return letters.find((each) => each.rawRef.startsWith('raw.checkr/0/'))?.deliveries;
}

test('deliveries that come in one batch are all counted, a batch that comes again is not', async () => {
  await file(1, 2, 3);
  expect(await deliveries()).toBe(3);
  await file(1, 2, 3);
  expect(await deliveries()).toBe(3);
  await file(3, 4, 5);
  expect(await deliveries()).toBe(5);
  await file(6);
  expect(await deliveries()).toBe(6);
});

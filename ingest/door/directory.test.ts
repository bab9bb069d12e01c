import { describe, expect, test } from 'vitest';
import { createFrozenClock } from '#platform/clock';
import { createCountingIds } from '#platform/ids';
import { sources } from '../sources.ts';
import { createDoorCounters } from './counters.ts';
import { createEndpointDirectory, type EndpointRecord } from './directory.ts';

const ids = createCountingIds();

function record(change: Partial<EndpointRecord> = {}): EndpointRecord {
  return {
    id: ids.next('endpoint'),
    tenantId: ids.next('tenant'),
    vendor: 'checkr',
    secrets: ['one'],
    settings: {},
    ratePerMinute: null,
    active: true,
    admitsPeople: false,
    api: null,
    ...change,
  };
}

/** A directory over a table that tests change, counting how often it is read. */
function open(first: readonly EndpointRecord[]) {
  const clock = createFrozenClock('2026-11-20T12:00:00.000Z');
  const table = { rows: first, reads: 0, away: false };
  const load = () => {
    table.reads += 1;
    return table.away ? Promise.reject(new Error('away')) : Promise.resolve(table.rows);
  };
  return { clock, table, directory: createEndpointDirectory({ load, sources, clock }) };
}

describe('directory', () => {
  test('guessing ids costs one reading a second, however many guesses', async () => {
    const { directory, table, clock } = open([record()]);
    for (let guess = 0; guess < 1000; guess += 1) expect(await directory.find(`end_${guess}`)).toBeNull();
    expect(table.reads).toBe(1);
    clock.advanceMs(1001);
    for (let guess = 0; guess < 1000; guess += 1) await directory.find(`end_${guess}`);
    expect(table.reads).toBe(2);
  });

  test('a new endpoint is found a second later, a changed secret within five', async () => {
    const [old, fresh] = [record(), record()];
    const { directory, table, clock } = open([old]);
    await directory.find(old.id);
    table.rows = [{ ...old, secrets: ['two'] }, fresh];
    clock.advanceMs(1001);
    expect((await directory.find(fresh.id))?.id).toBe(fresh.id);
    expect((await directory.find(old.id))?.secrets).toEqual(['two']);
  });

  test('known endpoints go on working while the database is away', async () => {
    const known = record();
    const { directory, table, clock } = open([known]);
    await directory.find(known.id);
    table.away = true;
    clock.advanceMs(60_000);
    expect((await directory.find(known.id))?.id).toBe(known.id);
    expect(await directory.find('end_unknown')).toBeNull();
  });

  test('before anything was ever read, a failure is a failure and not "unknown"', async () => {
    const { directory, table } = open([]);
    table.away = true;
    await expect(directory.find('end_x')).rejects.toThrow('away');
  });

  test('an endpoint of a vendor that this version does not know is left out', async () => {
    const strange = record({ vendor: 'acme' });
    const { directory } = open([strange]);
    expect(await directory.find(strange.id)).toBeNull();
  });
});

describe('counters', () => {
  const endpoint = { tenantId: 'ten', id: 'end' };

  test('what could not be written is added to what came since', () => {
    const counters = createDoorCounters();
    counters.accepted(endpoint, 1000);
    counters.refused(endpoint, 'signature_mismatch', 2000, true);
    const earlier = counters.take();
    counters.refused(endpoint, 'signature_mismatch', 3000, true);
    counters.refused(endpoint, 'body_unreadable', 4000, false);
    counters.giveBack(earlier);
    expect(counters.take()).toEqual([
      {
        tenantId: 'ten',
        endpointId: 'end',
        accepted: 1,
        refused: new Map([
          ['signature_mismatch', 2],
          ['body_unreadable', 1],
        ]),
        lastAcceptedAtMs: 1000,
        lastRefusedAtMs: 4000,
        lastRefusedReason: 'body_unreadable',
        failingSinceMs: 2000,
      },
    ]);
    expect(counters.take()).toEqual([]);
  });

  test('one believed message ends a failing spell', () => {
    const counters = createDoorCounters();
    counters.refused(endpoint, 'signature_mismatch', 1000, true);
    counters.accepted(endpoint, 2000);
    expect(counters.take()[0]?.failingSinceMs).toBeNull();
  });
});

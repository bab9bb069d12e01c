import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClickHouse, EmbeddedClickHouse } from '#platform/clickhouse';
import { systemClock } from '#platform/clock';
import { createSilentLog } from '#platform/log';
import { openTestClickHouse, testClickHouseUrl } from '../../tests/support/clickhouse.ts';
import { catalogue } from '../catalogue/catalogue.ts';
import { migrateWarehouse } from '../migrate.ts';
import { createLoader } from './loader.ts';
import type { EventRow, PersonRow } from './rows.ts';
import { testChange, testEvent, testId } from './testing.ts';

const log = createSilentLog();
let clickhouse: ClickHouse | EmbeddedClickHouse;

beforeAll(async () => {
  clickhouse = await openTestClickHouse();
  await migrateWarehouse(clickhouse);
});
afterAll(async () => {
  await clickhouse.close();
});

const newLoader = () => createLoader({ clickhouse, clock: systemClock, log });

async function rows<T>(query: string): Promise<T[]> {
  return (await clickhouse.client.query({ query, format: 'JSONEachRow' })).json<T>();
}

function eventRow(topic: string, offset: number, receivedAt = '2026-11-20T10:00:00.000Z'): EventRow {
  const number = Number(topic.replace(/\D/g, '')) * 1_000_000 + offset;
  return {
    event: testEvent(number, { receivedAt }),
    person: null,
    at: { topic, partition: 0, offset: BigInt(offset) },
  };
}

interface Held {
  physical: string;
  exact: string;
  distinct: string;
}

async function held(topic: string): Promise<Held> {
  const where = `WHERE log_topic = '${topic}'`;
  const [row] = await rows<Held>(`SELECT
    (SELECT count() FROM compliance_events ${where}) AS physical,
    (SELECT count() FROM compliance_events FINAL ${where}) AS exact,
    (SELECT uniqExact(id) FROM compliance_events ${where}) AS distinct`);
  return row ?? { physical: '', exact: '', distinct: '' };
}

describe('catalogue', () => {
  test('names every column of every table with the type that the engine has', async () => {
    const found = await rows<{ table: string; name: string; type: string }>(
      `SELECT table, name, type FROM system.columns
       WHERE database = currentDatabase() AND table != 'schema_migrations' ORDER BY table, position`,
    );
    const described = Object.entries(catalogue).flatMap(([table, { columns }]) =>
      Object.entries(columns).map(([name, { type }]) => `${table}.${name} ${type}`),
    );
    expect(found.map((row) => `${row.table}.${row.name} ${row.type}`).toSorted()).toEqual(
      described.toSorted(),
    );
  });

  test('a second migration run does nothing', async () => {
    expect(await migrateWarehouse(clickhouse)).toEqual([]);
  });
});

describe('loading events', () => {
  test('the same batch twice, by one loader and by another, is there once', async () => {
    const batch = [1, 2, 3].map((offset) => eventRow('t1', offset));
    const loader = newLoader();
    expect(await loader.loadEvents(batch)).toEqual({ written: 3, known: 0 });
    expect(await loader.loadEvents(batch)).toEqual({ written: 0, known: 3 });
    expect(await newLoader().loadEvents(batch)).toEqual({ written: 0, known: 3 });
    expect(await held('t1')).toEqual({ physical: '3', exact: '3', distinct: '3' });
  });

  test('a batch cut at other places is completed, not repeated', async () => {
    await newLoader().loadEvents([1, 2, 3, 4, 5, 6].map((offset) => eventRow('t2', offset)));
    const restarted = newLoader();
    expect(await restarted.loadEvents([1, 2].map((offset) => eventRow('t2', offset)))).toEqual({
      written: 0,
      known: 2,
    });
    expect(await restarted.loadEvents([3, 4, 5, 6, 7, 8].map((offset) => eventRow('t2', offset)))).toEqual({
      written: 2,
      known: 4,
    });
    expect(await held('t2')).toEqual({ physical: '8', exact: '8', distinct: '8' });
  });

  test('rows that another process loaded while the partition was away are not loaded again', async () => {
    const [one, other] = [newLoader(), newLoader()];
    await one.loadEvents([1, 2].map((offset) => eventRow('t9', offset)));
    await other.loadEvents([3, 4, 5].map((offset) => eventRow('t9', offset)));
    // Back again, from the offset that the other one had saved.
    one.forget();
    expect(await one.loadEvents([4, 5, 6].map((offset) => eventRow('t9', offset)))).toEqual({
      written: 1,
      known: 2,
    });
    expect(await held('t9')).toEqual({ physical: '6', exact: '6', distinct: '6' });
  });

  test('a batch of which only one month was written is completed though its highest offset is there', async () => {
    const october = eventRow('t3', 1, '2026-10-31T23:00:00.000Z');
    const november = eventRow('t3', 2);
    await newLoader().loadEvents([november]);
    expect(await newLoader().loadEvents([october, november])).toEqual({ written: 1, known: 1 });
    expect(await held('t3')).toEqual({ physical: '2', exact: '2', distinct: '2' });
  });

  test('the same event at two places of the log reads as one', async () => {
    const first = eventRow('t4', 1);
    const again = { ...first, at: { ...first.at, offset: 2n } };
    const loader = newLoader();
    await loader.loadEvents([first]);
    await loader.loadEvents([again]);
    expect((await held('t4')).exact).toBe('1');
  });

  // A server is not ours to kill.
  test.skipIf(testClickHouseUrl() !== undefined)(
    'exactly once while the engine is killed again and again and batches are cut anew',
    async () => {
      const total = 30_000;
      const months = ['2026-10-15T00:00:00.000Z', '2026-11-15T00:00:00.000Z'];
      let committed = 0;
      let kills = 0;
      let failed = 0;
      let loader = newLoader();
      for (let turn = 0; committed < total; turn += 1) {
        const size = 700 + ((turn * 977) % 2900);
        const offsets = Array.from({ length: Math.min(size, total - committed) }, (_, at) => committed + at);
        const batch = offsets.map((offset) => eventRow('t5', offset, months[offset % 2]));
        const loading = loader.loadEvents(batch);
        if (turn % 2 === 0 && kills < 6) {
          kills += 1;
          // Spread over the insert: before, during and after it.
          await sleep((turn * 13) % 60);
          const pid = 'pid' in clickhouse ? clickhouse.pid() : null;
          if (pid !== null) process.kill(pid, 'SIGKILL');
        }
        // Nothing is committed after some acknowledged batches either: the consumer died in between.
        const loaded = await loading.then(
          () => true,
          () => false,
        );
        if (!loaded) failed += 1;
        // A socket of the dead engine may still be in the client's pool.
        while (!(await clickhouse.client.ping()).success) await sleep(10);
        // At once: a merge in the background would hide what was written twice.
        const { physical, distinct } = await held('t5');
        expect(physical).toBe(distinct);
        const acknowledged = loaded && turn % 5 !== 0;
        if (acknowledged) committed += offsets.length;
        else loader = newLoader();
      }
      expect(kills).toBe(6);
      expect(failed).toBeGreaterThan(0);
      expect(await held('t5')).toEqual({
        physical: String(total),
        exact: String(total),
        distinct: String(total),
      });
    },
    120_000,
  );

  test('payload and person arrive unchanged', async () => {
    const person: PersonRow = {
      tenantId: testId('tenant', 1),
      employeeId: testId('employee', 1),
      name: "Zoë O'Neil",
      phase: 'active',
      division: { id: testId('division', 1), name: 'Tank & hazmat' },
      location: null,
      jobRole: { id: testId('jobRole', 1), name: 'CDL driver' },
      updatedAt: '2026-11-20T10:00:00.000Z',
    };
    const event = testEvent(600, { payload: { note: 'a\n"b"\\' }, occurredAt: '1998-02-03T04:05:06.789Z' });
    await newLoader().loadEvents([{ event, person, at: { topic: 't6', partition: 3, offset: 9n } }]);
    const [row] = await rows<Record<string, unknown>>(
      "SELECT * FROM compliance_events FINAL WHERE log_topic = 't6'",
    );
    expect(row).toMatchObject({
      occurred_at: '1998-02-03T04:05:06.789Z',
      payload: '{"note":"a\\n\\"b\\"\\\\"}',
      name: "Zoë O'Neil",
      division_name: 'Tank & hazmat',
      location_id: '',
      log_partition: 3,
      log_offset: '9',
    });
  });
});

/** What is known of each day: of every subject the report with the highest version, wherever its day was. */
const days = () =>
  rows<{ day: string; result: string; subjects: string }>(`
    SELECT toString(toDate(at)) AS day, result, count() AS subjects
    FROM (
      SELECT argMax(occurred_at, version) AS at, argMax(JSONExtractString(payload, 'result'), version) AS result
      FROM compliance_events FINAL WHERE log_topic = 't8' GROUP BY subject_ref
    )
    GROUP BY day, result ORDER BY day, result`);
const report = (offset: number, subjectRef: string, occurredAt: string, result: string, version = 0) => ({
  event: testEvent(8_000_000 + offset, { subjectRef, occurredAt, version, payload: { result } }),
  person: null,
  at: { topic: 't8', partition: 0, offset: BigInt(offset) },
});

describe('events that come late or corrected', () => {
  const first = report(1, 'order-1', '2026-11-03T10:00:00.000Z', 'clear');
  const late = report(2, 'order-2', '2026-09-01T10:00:00.000Z', 'clear');
  const corrected = report(3, 'order-1', '2026-11-02T23:00:00.000Z', 'consider', 1);

  test('move the past days that they are about, each once, in whatever order and however often they come', async () => {
    await newLoader().loadEvents([first]);
    expect(await days()).toEqual([{ day: '2026-11-03', result: 'clear', subjects: '1' }]);
    await newLoader().loadEvents([late]);
    await newLoader().loadEvents([corrected]);
    const right = [
      { day: '2026-09-01', result: 'clear', subjects: '1' },
      { day: '2026-11-02', result: 'consider', subjects: '1' },
    ];
    expect(await days()).toEqual(right);
    for (const batch of [[first, late, corrected], [late, corrected], [first]])
      await newLoader().loadEvents(batch);
    expect(await days()).toEqual(right);
    expect(await held('t8')).toEqual({ physical: '3', exact: '3', distinct: '3' });
  });
});

const at = (offset: number) => ({ topic: 'flags.changed.v1', partition: 0, offset: BigInt(offset) });

describe('loading flag changes', () => {
  test('the current flag is that of the highest sequence, whatever the order of loading', async () => {
    const loader = newLoader();
    const later = testChange(12, { from: { flag: 'green', hold: false }, to: { flag: 'red', hold: true } });
    await loader.loadFlagChanges([{ change: later, at: at(2) }]);
    await newLoader().loadFlagChanges([
      { change: testChange(11), at: at(1) },
      { change: later, at: at(2) },
    ]);
    expect(
      await rows('SELECT audience, flag, hold, sequence FROM flags_current FINAL ORDER BY audience'),
    ).toEqual([
      { audience: 'der', flag: 'red', hold: true, sequence: '12' },
      { audience: 'others', flag: 'red', hold: true, sequence: '12' },
    ]);
    expect(await rows('SELECT count() AS n FROM flag_changes')).toEqual([{ n: '2' }]);
  });

  test("the DER's change does not touch what others see", async () => {
    const masked = testChange(13, { audience: 'der', to: { flag: 'yellow', hold: false } });
    await newLoader().loadFlagChanges([{ change: masked, at: at(3) }]);
    expect(await rows('SELECT audience, flag FROM flags_current FINAL ORDER BY audience')).toEqual([
      { audience: 'der', flag: 'yellow' },
      { audience: 'others', flag: 'red' },
    ]);
  });

  test('a person known from the people module is not overwritten by a flag change', async () => {
    const loader = newLoader();
    const person: PersonRow = {
      tenantId: testId('tenant', 1),
      employeeId: testId('employee', 1),
      name: 'Otis Farrow',
      phase: 'active',
      division: { id: testId('division', 2), name: 'Linehaul' },
      location: null,
      jobRole: null,
      updatedAt: '2026-11-20T10:00:00.000Z',
    };
    await loader.loadPeople([person]);
    await loader.loadFlagChanges([{ change: testChange(14), at: at(4) }]);
    expect(await rows('SELECT division_name, phase FROM people FINAL')).toEqual([
      { division_name: 'Linehaul', phase: 'active' },
    ]);
  });
});

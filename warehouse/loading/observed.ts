import type { Telemetry } from '#platform/telemetry';
import type { Loaded, Loader } from './loader.ts';

const tables = ['compliance_events', 'flag_changes', 'people'];
const secondsBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** The loader, watched: a few calls per batch. */
export function observeLoader(loader: Loader, { meter, tracing }: Telemetry): Loader {
  if (!meter.on && !tracing.on) return loader;
  const rowsTotal = meter.counter({
    name: 'plumbline_warehouse_rows_total',
    help: 'Rows for ClickHouse: written now, known to it already, or failed and to come again.',
    labels: { table: tables, outcome: ['written', 'known', 'failed'] },
  });
  const seconds = meter.histogram({
    name: 'plumbline_warehouse_load_seconds',
    help: 'Time of one load into ClickHouse.',
    labels: { table: tables },
    buckets: secondsBuckets,
  });

  async function watched<T extends Loaded | void>(
    table: string,
    rows: number,
    load: () => Promise<T>,
  ): Promise<T> {
    const startedMs = performance.now();
    try {
      const fields = { 'db.system.name': 'clickhouse', table, rows };
      const loaded = await tracing.within('clickhouse insert', fields, load);
      rowsTotal.add(loaded?.written ?? rows, { table, outcome: 'written' });
      rowsTotal.add(loaded?.known ?? 0, { table, outcome: 'known' });
      return loaded;
    } catch (error) {
      rowsTotal.add(rows, { table, outcome: 'failed' });
      throw error;
    } finally {
      seconds.record((performance.now() - startedMs) / 1000, { table });
    }
  }

  return {
    ...loader,
    loadEvents: (rows) => watched('compliance_events', rows.length, () => loader.loadEvents(rows)),
    loadFlagChanges: (rows) => watched('flag_changes', rows.length, () => loader.loadFlagChanges(rows)),
    loadPeople: (rows) => watched('people', rows.length, () => loader.loadPeople(rows)),
  };
}

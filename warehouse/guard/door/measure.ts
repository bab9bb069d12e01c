import type { Scope } from '#domain/identity';
import type { ClickHouse } from '#platform/clickhouse';
import type { Guard } from '../guard.ts';
import { defaultLimits, settingsOf } from '../statement.ts';
import { trialPlaces } from './trial.ts';

export interface GuardMeasures {
  /** What the guard adds to a short question that was never asked before: median, ms. */
  readonly overheadP50Ms: number;
  /** The same question asked again: its text has passed the gate already. */
  readonly againP50Ms: number;
  /** A question of about 100 ms, guarded, over the same one written by hand without a guard: medians. */
  readonly ratio100ms: number;
  /** The latter by hand, ms. */
  readonly byHandMs: number;
}

export interface MeasureDeps {
  readonly clickhouse: ClickHouse;
  readonly guard: Pick<Guard, 'runGuarded'>;
  readonly scope: Scope;
  readonly nowMs: () => number;
}

/** Each guarded question is followed at once by its own statement without the guard, so that both meet the same load. */
export async function measureGuard(deps: MeasureDeps, turns = 200): Promise<GuardMeasures> {
  const added: number[] = [];
  const again: number[] = [];
  const { guard, scope } = deps;
  for (let turn = 0; turn < turns; turn += 1) {
    const sql = `SELECT module, count() AS n FROM flags WHERE rule_id != 'X${turn}' GROUP BY module`;
    let sqlAsRun = '';
    const guarded = await took(deps, async () => {
      ({ sqlAsRun } = await guard.runGuarded({ scope, sql }));
    });
    const direct = await took(deps, () => runDirect(deps, sqlAsRun));
    added.push(guarded - direct);
    again.push((await took(deps, () => guard.runGuarded({ scope, sql }))) - direct);
  }
  const long = await measureLong(deps);
  return { overheadP50Ms: median(added), againP50Ms: median(again), ...long };
}

/** Rows enough that the engine works for about 100 ms. */
const manyRows = 600_000;

async function measureLong(deps: MeasureDeps): Promise<Pick<GuardMeasures, 'ratio100ms' | 'byHandMs'>> {
  const { clickhouse, guard, scope } = deps;
  const { database } = clickhouse;
  await clickhouse.client.command({
    query: `INSERT INTO compliance_events (id, tenant_id, employee_id, module, type, subject_ref, occurred_at, received_at, payload)
      SELECT concat('evt_m', toString(number)), '${trialPlaces.tenantId}', concat('emp_m', toString(number % 20000)),
        'dot', concat('document.', toString(number % 7)), '', now64(3) - number, now64(3) - number, '{}' FROM numbers(${manyRows})`,
  });
  const columns =
    "type, count() AS n, uniq(employee_id) AS people, quantile(0.9)(dateDiff('second', occurred_at, received_at)) AS q";
  const byHand = `SELECT ${columns} FROM ${database}.compliance_events FINAL
    PREWHERE tenant_id = '${trialPlaces.tenantId}' AND module = 'dot' GROUP BY type`;
  const guarded: number[] = [];
  const direct: number[] = [];
  for (let turn = 0; turn < 7; turn += 1) {
    const sql = `SELECT ${columns} FROM events WHERE module = 'dot' AND type != 'x${turn}' GROUP BY type`;
    guarded.push(await took(deps, () => guard.runGuarded({ scope, sql })));
    direct.push(await took(deps, () => runDirect(deps, byHand)));
  }
  return { ratio100ms: median(guarded) / median(direct), byHandMs: median(direct) };
}

async function runDirect({ clickhouse }: MeasureDeps, query: string): Promise<void> {
  const result = await clickhouse.client.query({
    query,
    format: 'JSONCompactEachRowWithNamesAndTypes',
    clickhouse_settings: settingsOf(defaultLimits, clickhouse.mode),
  });
  await result.json();
}

async function took({ nowMs }: MeasureDeps, work: () => Promise<unknown>): Promise<number> {
  const startMs = nowMs();
  await work();
  return nowMs() - startMs;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

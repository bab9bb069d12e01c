import type { TenantId } from '#contracts/ids';
import { speaksOf, type Privacy, type UnfinishedErasure } from '#domain/privacy';
import type { ClickHouse } from '#platform/clickhouse';
import { removeFromTable, type KeptRecord } from '#platform/event-log';
import type { Postgres } from '#platform/postgres';
import { erasePersonFromWarehouse } from '#warehouse';

export interface FinishErasuresDeps {
  readonly privacy: Privacy;
  readonly postgres: Postgres;
  readonly clickhouse: Pick<ClickHouse, 'client' | 'cluster'>;
  /** Whether the event log is the table in Postgres. On Kafka nothing can be taken out: its retention does it. */
  readonly tableLog: boolean;
}

/** Works off what an erasure leaves to do, from wherever it stopped. Safe to repeat, and beside another that does. */
export async function finishErasures(deps: FinishErasuresDeps, tenantId: TenantId | null): Promise<void> {
  for (const erasure of await deps.privacy.unfinished(tenantId)) {
    if (!erasure.logDone) await eraseFromLog(deps, erasure);
    if (!erasure.warehouseDone) {
      // After the log: what a reader had in hand has been loaded by then.
      await erasePersonFromWarehouse(deps.clickhouse, erasure.tenantId, erasure.employeeId);
      await deps.privacy.progress(erasure, { warehouseDone: true });
    }
  }
}

async function eraseFromLog(deps: FinishErasuresDeps, erasure: UnfinishedErasure): Promise<void> {
  const { person, logTo } = erasure;
  if (!deps.tableLog || person === null) return deps.privacy.progress(erasure, { logDone: true });
  const isAbout = recordsOf(erasure.tenantId, person);
  let after = erasure.logAt;
  while (after < logTo) {
    const { at, removed } = await removeFromTable(deps.postgres, { after, upTo: logTo }, isAbout);
    await deps.privacy.progress(erasure, { logAt: at, logRemoved: removed });
    after = at;
  }
  await deps.privacy.progress(erasure, { logDone: true });
}

/** Records of the tenant that are keyed by the person, became an event of theirs, or speak of them. */
function recordsOf(
  tenantId: string,
  person: Parameters<typeof speaksOf>[0],
): (record: KeptRecord) => boolean {
  const speaks = speaksOf(person);
  const bodies = new Set(person.rawRefs.map((ref) => ref.split('/').at(-1)));
  return ({ key, headers, value, position, topic }) => {
    if (key === person.employeeId) return true;
    if (!headers.includes(tenantId)) return false;
    if (topic.startsWith('raw.') && bodies.has(String(position))) return true;
    return speaks(headers) || speaks(Buffer.from(value).toString('utf8'));
  };
}

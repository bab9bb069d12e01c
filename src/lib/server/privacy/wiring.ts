import { createPrivacy } from '#domain/privacy';
import { endOfTable } from '#platform/event-log';
import type { Engines } from '../engines.ts';
import type { Core, CoreInput } from '../services.ts';
import { finishErasures } from './finish-erasures.ts';

/** Privacy over the engines of a process, and what works off its erasures. */
export function createPrivacyParts({
  engines,
  keys,
  domain,
  clock,
  config,
}: Pick<CoreInput, 'clock' | 'config'> & Pick<Core, 'keys' | 'domain'> & { engines: Engines }) {
  const { postgres, clickhouse } = engines;
  const tableLog = config.kafka === null;
  const privacy = createPrivacy({
    postgres,
    people: domain.people,
    audit: domain.audit,
    keys,
    clock,
    holdsOf: (tx, tenantId, employeeId) => domain.legalHolds.of(tx, tenantId, employeeId),
    endOfLog: () => (tableLog ? endOfTable(postgres) : Promise.resolve(0n)),
  });
  return {
    privacy,
    finish: (tenantId: Parameters<typeof finishErasures>[1]) =>
      finishErasures({ privacy, postgres, clickhouse, tableLog }, tenantId),
  };
}

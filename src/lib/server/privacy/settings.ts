import type { PrivacySettings } from '#contracts/screens/privacy';
import type { Scope } from '#domain/identity';
import { tables, type Privacy } from '#domain/privacy';
import type { Clock } from '#platform/clock';

const dayMs = 24 * 3_600_000;

/** Tables of the installation itself say nothing to a company. */
const ofTheInstallation = /^(?:auth_|event_log|corpus_|leases|rate_limits|schema_migrations|outbox)/;

const erasureWords = {
  remove: 'rows are removed',
  replace: 'personal values are replaced',
  shred: 'key is destroyed, rows stay',
} as const;

/** Keys, field list and erasures of the viewer's company. */
export async function readPrivacySettings(
  { privacy, clock, wrappingKeyId }: { privacy: Privacy; clock: Clock; wrappingKeyId: string },
  scope: Scope,
): Promise<PrivacySettings> {
  const { tenantKeySince, wrappedBy, subjects, destroyed } = await privacy.keyStanding(scope);
  const ageMs = tenantKeySince === null ? null : clock.nowMs() - Date.parse(tenantKeySince);
  return {
    keys: {
      service: wrappingKeyId.startsWith('aws:') ? 'AWS KMS' : 'file or setting of this installation',
      wrappingKeyId,
      current: wrappedBy.every((id) => id === wrappingKeyId),
      tenantKeySince,
      ageDays: ageMs === null ? null : Math.floor(ageMs / dayMs),
      subjects,
      destroyed,
    },
    tables: shownTables(),
    erasures: [...(await privacy.erasures(scope))],
  };
}

function shownTables(): PrivacySettings['tables'] {
  return Object.entries(tables)
    .filter(([name]) => !ofTheInstallation.test(name))
    .map(([name, { onErasure, sealed, fields }]) => ({
      name,
      onErasure:
        onErasure === undefined
          ? ''
          : typeof onErasure === 'string'
            ? erasureWords[onErasure]
            : onErasure.keep,
      fields: Object.entries(fields).map(([field, className]) => ({
        name: field,
        class: className,
        sealed: sealed?.[field] !== undefined,
      })),
    }));
}

import type { EventModule } from '#contracts/compliance-event';
import type { FieldClass } from './field.ts';

/**
 * Fields of event payloads that are not of their module's class. A field that appears in no schema is refused by a test,
 * so that a renamed one is looked at again.
 */
interface ModuleFields {
  /** Class of every field that is not named below. */
  readonly all: FieldClass;
  readonly but: Readonly<Record<string, FieldClass>>;
}

const plain = (names: string): Readonly<Record<string, FieldClass>> =>
  Object.fromEntries(names.split(' ').map((name) => [name, 'internal'] as const));

export const eventFields: Readonly<Record<EventModule, ModuleFields>> = {
  people: { all: 'pii', but: plain('phase') },
  drug_alcohol: { all: 'phi', but: plain('channel scheduledFor') },
  background: { all: 'criminal', but: plain('package form') },
  dot: { all: 'pii', but: plain('documentKind queryType uploadedAt orderedAt via') },
  health: { all: 'phi', but: plain('program scheduledOn offeredOn') },
  training: {
    all: 'internal',
    but: { reason: 'pii', evaluator: 'pii', grantedBy: 'pii', verifiedBy: 'pii' },
  },
  geofence: { all: 'pii', but: plain('zone zoneId shift requirements') },
};

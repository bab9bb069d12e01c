import type { TenantId } from '#contracts/ids';
import type { FlagChanged } from '#contracts/live';
import { createAlerts, type Alerts } from '#domain/alerts';
import { createAudit, systemContext, type Audit } from '#domain/audit';
import { backgroundFold } from '#domain/background';
import { dotFold } from '#domain/dot';
import { drugAlcoholFold } from '#domain/drug-alcohol';
import { geofenceFold } from '#domain/geofence';
import { healthFold } from '#domain/health';
import { compilePacks } from '#domain/flags';
import { createIncidents, type Incidents, type Locate } from '#domain/incidents';
import { createLegalHolds, type LegalHolds } from '#domain/legal-holds';
import { createNeedToKnow, type NeedToKnow } from '#domain/need-to-know';
import { createPeople, loadPersons, type People } from '#domain/people';
import {
  createPolicyDriver,
  type PeoplePort,
  type PolicyDriver,
  type SourcesOf,
} from '#domain/policy-driver';
import { toRecordModel, type RecordModels } from '#domain/records';
import { createReviews, type Reviews } from '#domain/reviews';
import { trainingFold } from '#domain/training';
import type { Clock } from '#platform/clock';
import type { Outbox } from '#platform/event-log';
import type { Ids } from '#platform/ids';
import type { Keys } from '#platform/keys';
import type { Postgres } from '#platform/postgres';

/** The compliance core, wired. The demo seed makes a second one with a clock of its own to live through the past. */
export interface Domain {
  audit: Audit;
  people: People;
  alerts: Alerts;
  driver: PolicyDriver;
  reviews: Reviews;
  needToKnow: NeedToKnow;
  legalHolds: LegalHolds;
  incidents: Incidents;
  models: RecordModels;
}

export interface DomainDeps {
  postgres: Postgres;
  clock: Clock;
  ids: Ids;
  keys: Keys;
  outbox: Outbox;
  sourcesOf: SourcesOf;
  onChanges: (changes: readonly FlagChanged[]) => void;
  /** Where addresses are; absent = no map. */
  locate?: Locate;
}

const models: RecordModels = {
  drug_alcohol: toRecordModel(drugAlcoholFold),
  background: toRecordModel(backgroundFold),
  dot: toRecordModel(dotFold),
  health: toRecordModel(healthFold),
  training: toRecordModel(trainingFold),
  geofence: toRecordModel(geofenceFold),
};

export function createDomain(deps: DomainDeps): Domain {
  const { postgres, clock, ids, keys, outbox } = deps;
  const audit = createAudit({ clock, ids, keys });
  const people = createPeople({ postgres, clock, ids, keys, audit, outbox });
  const alerts = createAlerts({ postgres, audit, clock, ids });
  const packs = compilePacks();
  const peoplePort: PeoplePort = {
    subjects: (tx, employeeIds, at) => loadPersons(keys, tx, employeeIds, at),
    announce: people.announce,
    applyEvents: (tx, tenantId: TenantId, events) =>
      people.applyEvents(tx, tenantId, events, systemContext('people')),
  };
  const driver = createPolicyDriver({
    postgres,
    clock,
    ids,
    outbox,
    audit,
    alerts,
    models,
    keys,
    people: peoplePort,
    packsOf: () => Promise.resolve(packs),
    sourcesOf: deps.sourcesOf,
    onChanges: deps.onChanges,
  });
  const needToKnow = createNeedToKnow({ audit, clock, ids });
  const legalHolds = createLegalHolds({ audit, clock, ids });
  const reviews = createReviews({ postgres, audit, outbox, clock, ids });
  const { locate = () => null } = deps;
  const incidents = createIncidents({ postgres, audit, alerts, clock, ids, locate });
  return { audit, people, alerts, driver, reviews, needToKnow, legalHolds, incidents, models };
}

import type { ComplianceEvent, EventModule } from '#contracts/compliance-event';
import type { PersonFacts } from '#contracts/person-facts';
import {
  compilePack,
  evaluate,
  type Evaluation,
  type PackDefinition,
  type PackOverrides,
  type Sources,
} from '#domain/flags';
import { formatInstant, parseLocal } from '../../domain/flags/calendar.ts';
import { vectorPerson } from './rule-vectors.ts';

/** For tests of packs: worked examples told as events, on the wall clock of Chicago in 2026. */
export const chicago = 'America/Chicago';

/** `2026-03-02 10:15` in the zone, or an ISO instant, as an ISO instant. */
export const instant = (text: string, zone: string = chicago): string =>
  text.endsWith('Z') ? formatInstant(Date.parse(text)) : formatInstant(parseLocal(text, zone));

export const examplePerson: PersonFacts = vectorPerson({ periods: [{ from: '2024-01-08', to: null }] });

/** One event of a module; ids count up in the order in which the events are written. */
export function createTeller<Inputs extends object>(module: EventModule, vendor = 'app') {
  let count = 0;
  return <T extends keyof Inputs & string>(
    type: T,
    at: string,
    payload: Inputs[T],
    over: { subject?: string; version?: number; vendor?: string } = {},
  ): ComplianceEvent => {
    count += 1;
    const id = String(count).padStart(26, '0');
    return {
      id: `evt_${id}` as ComplianceEvent['id'],
      schemaVersion: 1,
      tenantId: examplePerson.tenantId,
      employeeId: examplePerson.employeeId,
      module,
      type,
      subjectRef: over.subject ?? 'one',
      occurredAt: instant(at),
      receivedAt: instant(at),
      version: over.version ?? 0,
      source: { vendor: over.vendor ?? vendor, endpointId: null, dedupeKey: id, rawRef: null },
      payload: payload as ComplianceEvent['payload'],
      review: null,
    };
  };
}

export interface Setting {
  person?: Partial<PersonFacts>;
  sources?: Sources;
  overrides?: PackOverrides;
  backfillUntil?: string;
}

/** The evaluation at a local time. */
export function decideAt<R>(
  definition: PackDefinition<R>,
  record: R | null,
  at: string,
  setting: Setting = {},
): Evaluation {
  return evaluate({
    atMs: Date.parse(instant(at)),
    person: { ...examplePerson, ...setting.person },
    record,
    sources: setting.sources ?? {},
    otherFlags: {},
    pack: compilePack(definition, setting.overrides),
    backfillUntilMs: setting.backfillUntil === undefined ? null : Date.parse(instant(setting.backfillUntil)),
  });
}

/** `R! DA01, DA04 → 2026-06-11T03:30:00.000Z G`: flag, hold, rules, next instant and flag, to compare at a glance. */
export function inShort({
  flag,
  hold,
  reasons,
  nextChangeAt,
  nextFlag,
  nextHold,
}: Evaluation['general']): string {
  const letters = { red: 'R', stale: 'S', yellow: 'Y', green: 'G', none: '-' };
  const rules = reasons.map((reason) => reason.ruleId).join(', ');
  const next =
    nextChangeAt === null
      ? 'none'
      : `${nextChangeAt} ${nextFlag ? letters[nextFlag] : '?'}${nextHold ? '!' : ''}`;
  return `${letters[flag]}${hold ? '!' : ''} ${rules} → ${next}`;
}

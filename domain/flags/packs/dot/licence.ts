import type { PersonFacts } from '#contracts/person-facts';
import type { CalendarDate, EpochMs } from '#contracts/time';
import type { DotRecord, LicenceFact } from '#domain/dot';
import { addMonths, dateAt, startOfDay, validThrough } from '../../calendar.ts';
import { fact, type SignalValues } from '../../pack.ts';

/** What keeps a driver from driving on this licence, and since when. */
interface Trouble {
  words: string;
  since: CalendarDate;
  /** The State says that it ends: last day, inclusive. */
  until: CalendarDate | null;
}

const statusWords: Partial<Record<LicenceFact['status'], string>> = {
  expired: 'expired',
  suspended: 'suspended',
  downgraded: 'downgraded',
  disqualified: 'disqualified',
  out_of_service: 'out of service',
  not_found: "not found in the State's records",
};

const stoppingActions: ReadonlySet<string> = new Set([
  'suspension',
  'disqualification',
  'downgrade',
  'out_of_service',
]);

const classRank: Readonly<Record<string, number>> = { A: 3, B: 2, C: 1 };

function statusTrouble(licence: LicenceFact): Trouble | null {
  const words = statusWords[licence.status];
  if (words) return { words, since: licence.readOn, until: null };
  if (licence.privilegeToDrive !== 'invalid') return null;
  return { words: 'privilege to drive withdrawn', since: licence.readOn, until: null };
}

/** An open action stops the driver until the State's own record ends it, 49 CFR 383.51, 383.73(q). */
function actionTrouble(licence: LicenceFact, today: CalendarDate): Trouble | null {
  const open = licence.actions.find(
    (action) => stoppingActions.has(action.kind) && (action.endedOn === null || action.endedOn >= today),
  );
  if (!open) return null;
  const words = open.clearinghouse
    ? 'downgraded for a Clearinghouse violation'
    : open.kind.replaceAll('_', ' ');
  return { words, since: open.from, until: open.endedOn };
}

function classTrouble(licence: LicenceFact, person: PersonFacts): Trouble | null {
  const needs = person.requirements.dot;
  if (!needs || (needs.class !== 'CI' && needs.class !== 'CX')) return null;
  if (licence.kind === 'non_cdl') {
    return { words: 'not a commercial licence', since: licence.readOn, until: null };
  }
  const held = classRank[licence.licenceClass ?? ''] ?? 0;
  if (needs.licenceClass === undefined || held >= (classRank[needs.licenceClass] ?? 0)) return null;
  return { words: `wrong class ${licence.licenceClass ?? 'none'}`, since: licence.readOn, until: null };
}

function member(licence: LicenceFact, person: PersonFacts, today: CalendarDate, count: number): SignalValues {
  const second = count > 1 ? { words: 'more than one licence', since: licence.readOn, until: null } : null;
  const trouble =
    statusTrouble(licence) ?? actionTrouble(licence, today) ?? classTrouble(licence, person) ?? second;
  const { zone } = person;
  const unknown = licence.status === 'unknown' || licence.kind === 'unknown';
  const expires = licence.expiresOn === null ? null : validThrough(licence.expiresOn, zone);
  const endsAt = trouble ? startOfDay(trouble.since, zone) : expires;
  const says = trouble
    ? `${trouble.words} since ${trouble.since}`
    : `last good day ${licence.expiresOn ?? 'not printed'}`;
  return {
    licenceEndsAt: fact(trouble === null && unknown ? undefined : endsAt, licence.eventIds),
    licenceFromAt: trouble || licence.issuedOn === null ? null : startOfDay(licence.issuedOn, zone),
    licenceState: licence.state,
    licenceSays: `Licence ${licence.state}: ${says}`,
  };
}

/**
 * The licence of each State: the newest record counts, a State that was not read again for over a year does not (the
 * driver moved, and the new State's record is the one to go by).
 */
export function activeLicences(record: DotRecord | null): LicenceFact[] {
  const newest = new Map<string, LicenceFact>();
  for (const licence of Object.values(record?.licences ?? {})) {
    const known = newest.get(licence.state);
    if (!known || known.readOn < licence.readOn) newest.set(licence.state, licence);
  }
  const held = [...newest.values()].filter((licence) => licence.surrenderedOn === null);
  const lastRead = held.reduce((last, licence) => (licence.readOn > last ? licence.readOn : last), '');
  return held.filter((licence) => addMonths(licence.readOn, 13) >= lastRead);
}

/** A conviction whose meaning under 383.51 nobody has settled yet. */
export function unclearConviction(record: DotRecord): LicenceFact | null {
  const settled = (licence: LicenceFact, action: LicenceFact['actions'][number]) =>
    record.settledConvictions.some(
      (known) => known.state === licence.state && known.from === action.from && known.code === action.code,
    );
  const unclear = activeLicences(record).find((licence) =>
    licence.actions.some((action) => action.unclear && !settled(licence, action)),
  );
  return unclear ?? null;
}

/** One member per licence held, and the instants at which the State's own end dates lift an action. */
export function licenceScope(
  record: DotRecord | null,
  person: PersonFacts,
  atMs: EpochMs,
): { members: SignalValues[]; turnsAt: EpochMs[] } {
  const licences = activeLicences(record);
  const today = dateAt(atMs, person.zone);
  return {
    members: licences.map((licence) => member(licence, person, today, licences.length)),
    turnsAt: licences
      .flatMap((licence) => licence.actions)
      .flatMap((action) => (action.endedOn === null ? [] : [validThrough(action.endedOn, person.zone)])),
  };
}

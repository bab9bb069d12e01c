import type { Reason } from '#contracts/flags';
import type { PersonFacts } from '#contracts/person-facts';
import type { EpochMs } from '#contracts/time';
import { itaForms, type Establishment } from '#domain/health';
import { dateAt, startOfDay, validThrough } from '../../calendar.ts';
import { evaluate } from '../../evaluate.ts';
import { compilePack, type Derived, type PackDefinition, type SignalContext } from '../../pack.ts';
import { healthPack } from './index.ts';

/** HU1, HU2 of one establishment: the same rule data, signals of its own. */
const establishmentPack: PackDefinition<Establishment> = {
  module: 'health',
  rules: healthPack.rules.filter((rule) => rule.subject === 'establishment'),
  signals: healthPack.signals,
  combine: 'gravest',
  derive: deriveEstablishment,
};

function deriveEstablishment(context: SignalContext<Establishment>): Derived {
  const { record: site, atMs } = context;
  if (!site) return { signals: {} };
  const zone = site.timeZone;
  const year = Number(dateAt(atMs, zone).slice(0, 4));
  const summary = site.summaries[String(year - 1)];
  const { form300A, forms300And301 } = itaForms(site);
  const owed = [...(form300A ? ['300A'] : []), ...(forms300And301 ? ['300/301'] : [])].join(' and ');
  const owes = owed !== '' && !summary?.itaSubmittedOn;
  return {
    signals: {
      recordsYear: String(year - 1),
      posted: site.partlyExempt || Boolean(summary?.certifiedOn && summary.postedOn),
      postingFromAt: startOfDay(`${year}-02-02`, zone),
      postingToAt: startOfDay(`${year}-05-01`, zone),
      itaForms: owed,
      itaDueAt: owes ? validThrough(`${year}-03-02`, zone) : null,
    },
    // A new year asks for a new summary.
    turnsAt: [startOfDay(`${year + 1}-01-01`, zone)],
  };
}

/** The zone is all that the engine needs of a person here. */
function placeOf(site: Establishment): PersonFacts {
  return {
    employeeId: '' as PersonFacts['employeeId'],
    tenantId: '' as PersonFacts['tenantId'],
    phase: 'active',
    periods: [],
    returnOn: null,
    birthDate: null,
    zone: site.timeZone,
    safetySensitiveFirstAt: null,
    jurisdiction: null,
    requirements: {},
  };
}

/** Reasons that an establishment raises at one instant: 300A posting and electronic submission (29 CFR 1904.32, .41). */
export function decideEstablishment(
  site: Establishment,
  atMs: EpochMs,
): { reasons: readonly Reason[]; recheckAtMs: EpochMs | null } {
  const evaluation = evaluate({
    atMs,
    person: placeOf(site),
    record: site,
    sources: {},
    otherFlags: {},
    pack: compilePack(establishmentPack),
    backfillUntilMs: null,
  });
  return { reasons: evaluation.cases, recheckAtMs: evaluation.recheckAtMs };
}

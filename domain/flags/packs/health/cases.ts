import type { EpochMs, Instant } from '#contracts/time';
import type { CaseFact, HealthRecord } from '#domain/health';
import { addDays, addHours, dateAt, parseInstant, validThrough } from '../../calendar.ts';
import { fact, type SignalContext, type SignalValues } from '../../pack.ts';

type Context = SignalContext<HealthRecord>;

const unlogged: ReadonlySet<string> = new Set(['reported', 'recordable', 'late']);
const hourMs = 3_600_000;

/** HK1, HK3: one member per case that is not decided as not recordable. */
export function caseScope(context: Context): SignalValues[] {
  const { person, record } = context;
  const days = context.parameter('HK1', 'days');
  return Object.entries(record?.cases ?? {}).map(([ref, known]) => ({
    casePrivacy: known.privacy,
    caseRef: known.privacy ? 'privacy case' : `case ${known.caseNumber ?? ref}`,
    caseOpen: known.state === 'logged',
    recordDueAt: unlogged.has(known.state)
      ? fact(
          validThrough(addDays(dateAt(parseInstant(known.infoAt), person.zone), days), person.zone),
          known.eventIds,
        )
      : null,
  }));
}

/** 1904.39(b)(6): a death within 30 days, other outcomes within 24 hours of the event; a public road crash is only recorded. */
function mustReport(known: CaseFact, severe: CaseFact['severe'][number]): boolean {
  if (severe.publicRoadCrash) return false;
  const withinMs = severe.outcome === 'death' ? 30 * 24 * hourMs : 24 * hourMs;
  return since(known.eventAt, severe.at) <= withinMs;
}

const since = (from: Instant, to: Instant): EpochMs => parseInstant(to) - parseInstant(from);

const severeWords: Readonly<Record<string, string>> = {
  death: 'death',
  in_patient: 'in-patient hospitalisation',
  amputation: 'amputation',
  eye_loss: 'loss of an eye',
};

/** HK2: one member per severe outcome that OSHA must be told of and was not. */
export function severeScope(context: Context): SignalValues[] {
  const { record } = context;
  return Object.values(record?.cases ?? {}).flatMap((known) =>
    known.severe
      .filter((severe) => mustReport(known, severe) && known.oshaReportedAt === null)
      .map((severe) => ({
        casePrivacy: known.privacy,
        severeOutcome: severeWords[severe.outcome] ?? severe.outcome,
        oshaDueAt: fact(
          addHours(
            parseInstant(severe.learnedAt),
            context.parameter('HK2', severe.outcome === 'death' ? 'deathHours' : 'otherHours'),
          ),
          severe.eventIds,
        ),
      })),
  );
}

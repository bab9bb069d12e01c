import type { AccidentFact, DrugAlcoholRecord } from '#domain/drug-alcohol';
import { isDot } from '#domain/drug-alcohol';
import type { EpochMs } from '#contracts/time';
import { addHours } from '../../calendar.ts';
import { fact } from '../../pack.ts';
import type { SignalContext, SignalValues } from '../../pack.ts';

type Context = SignalContext<DrugAlcoholRecord>;

/** One member for each accident and substance that 382.303 wants tested and that is neither tested nor recorded. */
export function crashSignals(record: DrugAlcoholRecord, context: Context): SignalValues[] {
  const members: SignalValues[] = [];
  for (const accident of Object.values(record.accidents)) {
    for (const substance of ['alcohol', 'drug'] as const) {
      const hours = context.parameter('DA07', substance === 'alcohol' ? 'alcoholHours' : 'drugHours');
      const stopMs = addHours(Date.parse(accident.at), hours);
      if (!testRequired(accident, stopMs) || answered(accident, substance, record, stopMs)) continue;
      members.push({
        substance,
        crashAt: fact(Date.parse(accident.at), accident.eventIds),
        crashTestBy: stopMs,
        crashNoteBy:
          substance === 'alcohol'
            ? addHours(Date.parse(accident.at), context.parameter('DA07', 'alcoholNoteHours'))
            : null,
      });
    }
  }
  return members;
}

/** 382.303(a)–(b): fatal; or the driver's own citation within the window, and injury treated away or a tow. */
function testRequired(accident: AccidentFact, stopMs: EpochMs): boolean {
  if (accident.fatal) return true;
  const cited = accident.citationAt !== null && Date.parse(accident.citationAt) < stopMs;
  return cited && (accident.injuryAway || accident.tow);
}

function answered(
  accident: AccidentFact,
  substance: 'alcohol' | 'drug',
  record: DrugAlcoholRecord,
  stopMs: EpochMs,
): boolean {
  if (accident.untestedRecorded.includes(substance) || accident.policeTested.includes(substance)) return true;
  return Object.values(record.tests).some((test) => {
    const takenMs = Date.parse(test.collectedAt ?? '');
    return (
      isDot(test) &&
      test.descriptor?.reason === 'post_accident' &&
      test.descriptor.kind === substance &&
      takenMs >= Date.parse(accident.at) &&
      takenMs <= stopMs
    );
  });
}

/** One member for each suspicion of alcohol that no test below 0.02 has answered (382.307(e)). */
export function suspicionSignals(record: DrugAlcoholRecord, context: Context): SignalValues[] {
  const hours = context.parameter('DA03', 'offDutyHours');
  return Object.values(record.suspicions)
    .filter(({ substance, at }) => substance === 'alcohol' && !clearedByTest(at, record))
    .map(({ at, recordedAt, eventIds }) => ({
      suspectedAt: fact(Date.parse(at), eventIds),
      suspicionUntil: addHours(Date.parse(at), hours),
      suspicionSigned: recordedAt !== null,
    }));
}

function clearedByTest(suspectedAt: string, record: DrugAlcoholRecord): boolean {
  return Object.values(record.tests).some(
    (test) => test.state === 'below_limit' && (test.resultAt ?? '') >= suspectedAt,
  );
}

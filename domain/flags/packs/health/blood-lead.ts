import type { BloodLeadFact } from '#domain/health';
import { addBusinessDays, addDays, addMonths, startOfDay, validThrough } from '../../calendar.ts';
import { fact, type SignalValues } from '../../pack.ts';
import { agents, inPeriod, type HealthContext as Context } from './exposures.ts';
import { leadExposure } from './surveillance.ts';

interface RemovalState {
  /** Removed from lead work since this test. */
  removedBy: BloodLeadFact | null;
  /** A first test at the removal level whose follow-up is awaited. */
  firstHigh: BloodLeadFact | null;
  /** Tests in a row below the return level, since the last one at or above it. */
  lowInRow: number;
  anyHigh: boolean;
}

/**
 * 29 CFR 1926.62(k)(1): a periodic and its follow-up test at 50 ug/dl or more take the person off lead work; two
 * consecutive tests below 40 bring them back.
 */
export function removalState(
  tests: readonly BloodLeadFact[],
  removalLevel: number,
  returnLevel: number,
): RemovalState {
  const state: RemovalState = { removedBy: null, firstHigh: null, lowInRow: 0, anyHigh: false };
  for (const test of tests.toSorted((a, b) => a.sampledOn.localeCompare(b.sampledOn))) {
    state.lowInRow = test.ugPerDl < returnLevel ? state.lowInRow + 1 : 0;
    state.anyHigh ||= test.ugPerDl >= returnLevel;
    if (state.removedBy) {
      if (state.lowInRow >= 2) state.removedBy = null;
    } else if (test.ugPerDl < removalLevel) {
      state.firstHigh = null;
    } else if (state.firstHigh) {
      state.removedBy = test;
      state.firstHigh = null;
    } else {
      state.firstHigh = test;
    }
  }
  return state;
}

function stateOf(context: Context): RemovalState {
  const tests = context.record?.bloodLeads ?? [];
  return removalState(
    tests,
    context.parameter('HL02', 'removalUgPerDl'),
    context.parameter('HL02', 'returnUgPerDl'),
  );
}

/** HL02: due = the removing test, or two weeks after the first high one came in. */
function removalSignals(context: Context, state: RemovalState): SignalValues {
  const { zone } = context.person;
  const { removedBy, firstHigh } = state;
  if (removedBy) {
    return {
      leadActionAt: fact(startOfDay(removedBy.receivedOn, zone), removedBy.eventIds),
      leadRemoved: true,
    };
  }
  if (!firstHigh) return { leadActionAt: null, leadRemoved: false };
  const lastDay = addDays(firstHigh.receivedOn, context.parameter('HL02', 'followUpDays'));
  return {
    leadActionAt: fact(validThrough(lastDay, zone), firstHigh.eventIds),
    leadRemoved: false,
  };
}

/** HL08: every 2 months for 6 months and while high, then every 6 months; an offer counts as the test. */
function intervalSignals(context: Context, state: RemovalState): SignalValues {
  const { person, record } = context;
  const exposure = leadExposure(context);
  if (!exposure) return { bloodLeadDueAt: null };
  const short = context.parameter('HL08', 'shortMonths');
  const long = context.parameter('HL08', 'longMonths');
  const tests = (record?.bloodLeads ?? [])
    .filter((test) => inPeriod(context, test.sampledOn))
    .map((test) => ({ on: test.sampledOn, eventIds: test.eventIds }));
  const offer = record?.bloodLeadOffer;
  if (offer && inPeriod(context, offer.offeredOn))
    tests.push({ on: offer.offeredOn, eventIds: offer.eventIds });
  const last = tests.toSorted((a, b) => a.on.localeCompare(b.on)).at(-1);
  if (!last) return { bloodLeadDueAt: validThrough(addMonths(exposure.from, short), person.zone) };
  const high = state.anyHigh && state.lowInRow < 2;
  const soon = addMonths(last.on, short);
  const early = soon <= addMonths(exposure.from, long);
  const dueOn = high || early ? soon : addMonths(last.on, long);
  return { bloodLeadDueAt: fact(validThrough(dueOn, person.zone), last.eventIds) };
}

/** 1926.62(j)(2)(iv): the employee is told within 5 working days of each result. A task, not a colour. */
function tellSignals({ person, record }: Context): SignalValues {
  const last = (record?.bloodLeads ?? []).toSorted((a, b) => a.receivedOn.localeCompare(b.receivedOn)).at(-1);
  if (!last || (record?.bloodLeadToldOn ?? '') >= last.receivedOn) return { tellDueAt: null };
  return { tellDueAt: fact(validThrough(addBusinessDays(last.receivedOn, 5), person.zone), last.eventIds) };
}

/** Signals of HL02 and HL08. */
export function bloodLeadSignals(context: Context): SignalValues {
  const state = stateOf(context);
  const works = context.present.some(
    (known) => known.agent === agents.lead && known.sector === 'construction',
  );
  return {
    leadConstruction: works,
    ...removalSignals(context, state),
    ...intervalSignals(context, state),
    ...tellSignals(context),
  };
}

import type { PeopleEventType, PeoplePayload } from '#contracts/events/people';
import type { Phase } from '#contracts/person-facts';
import type { CalendarDate } from '#contracts/time';
import type { EmployeeState, EmploymentPeriod } from './employee.ts';

/** The part of a person that hiring, leave and leaving change. */
export type Employment = Pick<
  EmployeeState,
  'declaredPhase' | 'periods' | 'leaveFrom' | 'returnOn' | 'safetySensitiveFirstAt'
>;

type Move =
  | 'open_period'
  | 'correct_start'
  | 'update'
  | 'start_leave'
  | 'end_leave'
  | 'close_period'
  | 'correct_end'
  | 'nothing'
  | 'refuse';

/** What each event does in each phase. Refused = a person must look; the phase stays. */
const moves: Record<Phase, Record<PeopleEventType, Move>> = {
  applicant: {
    'employee.hired': 'correct_start',
    'employee.updated': 'update',
    'employee.leave_started': 'refuse',
    'employee.returned': 'refuse',
    'employee.terminated': 'close_period',
    'employee.rehired': 'correct_start',
  },
  active: {
    'employee.hired': 'correct_start',
    'employee.updated': 'update',
    'employee.leave_started': 'start_leave',
    'employee.returned': 'nothing',
    'employee.terminated': 'close_period',
    'employee.rehired': 'refuse',
  },
  leave: {
    'employee.hired': 'refuse',
    'employee.updated': 'update',
    'employee.leave_started': 'start_leave',
    'employee.returned': 'end_leave',
    'employee.terminated': 'close_period',
    'employee.rehired': 'refuse',
  },
  terminated: {
    // Many personnel systems send "hired" for a rehire.
    'employee.hired': 'open_period',
    'employee.updated': 'update',
    'employee.leave_started': 'refuse',
    'employee.returned': 'refuse',
    'employee.terminated': 'correct_end',
    'employee.rehired': 'open_period',
  },
};

export type LifecycleEvent = {
  [T in PeopleEventType]: { readonly type: T; readonly payload: PeoplePayload<T> };
}[PeopleEventType];

export interface Step<S> {
  readonly state: S;
  /** Why a person must look; null when all was applied. */
  readonly refused: string | null;
}

/** Applies one event to the employment; total: every phase decides about every event. */
export function step<S extends Employment>(state: S, event: LifecycleEvent): Step<S> {
  const move = moves[state.declaredPhase][event.type];
  if (move === 'refuse')
    return refuse(state, `${event.type} does not fit a person who is ${state.declaredPhase}`);
  if (move === 'nothing') return { state, refused: null };
  switch (event.type) {
    case 'employee.hired':
    case 'employee.rehired':
      return move === 'open_period' ? openPeriod(state, event.payload) : correctStart(state, event.payload);
    case 'employee.updated':
      return updatePhase(state, event.payload.phase);
    case 'employee.leave_started':
      return startLeave(state, event.payload);
    case 'employee.returned':
      return endLeave(state, event.payload.on);
    case 'employee.terminated':
      return closePeriod(state, event.payload.on);
    default:
      return event satisfies never;
  }
}

interface Start {
  readonly startOn: CalendarDate;
  readonly phase: 'applicant' | 'active';
}

function openPeriod<S extends Employment>(state: S, { startOn, phase }: Start): Step<S> {
  const lastDay = state.periods.at(-1)?.to;
  if (lastDay && startOn <= lastDay) {
    return refuse(state, `the new period starts on ${startOn}, before the last one ended on ${lastDay}`);
  }
  return done(state, {
    declaredPhase: phase,
    periods: [...state.periods, { from: startOn, to: null }],
    leaveFrom: null,
    returnOn: null,
    safetySensitiveFirstAt: null,
  });
}

/** A hire for someone already here: its date and phase correct the present period. */
function correctStart<S extends Employment>(state: S, { startOn, phase }: Start): Step<S> {
  if (state.declaredPhase === 'active' && phase === 'applicant') {
    return refuse(state, 'an offer came for a person who is already at work');
  }
  const earlier = state.periods.slice(0, -1);
  const lastDay = earlier.at(-1)?.to;
  if (lastDay && startOn <= lastDay) {
    return refuse(
      state,
      `the period would start on ${startOn}, before the one before it ended on ${lastDay}`,
    );
  }
  return done(state, { declaredPhase: phase, periods: [...earlier, { from: startOn, to: null }] });
}

function updatePhase<S extends Employment>(state: S, phase: Start['phase'] | undefined): Step<S> {
  if (phase === undefined || phase === state.declaredPhase) return { state, refused: null };
  if (state.declaredPhase === 'applicant') return done(state, { declaredPhase: phase });
  return refuse(state, `an update says ${phase}, but the person is ${state.declaredPhase}`);
}

function startLeave<S extends Employment>(
  state: S,
  { from, returnOn }: PeoplePayload<'employee.leave_started'>,
): Step<S> {
  const start = state.periods.at(-1)?.from;
  if (start && from < start) return refuse(state, `the leave starts on ${from}, before the work on ${start}`);
  if (returnOn !== null && returnOn < from)
    return refuse(state, `the return on ${returnOn} is before the leave`);
  return done(state, { declaredPhase: 'leave', leaveFrom: from, returnOn });
}

function endLeave<S extends Employment>(state: S, on: CalendarDate): Step<S> {
  if (state.leaveFrom !== null && on < state.leaveFrom) {
    return refuse(state, `the return on ${on} is before the leave of ${state.leaveFrom}`);
  }
  return done(state, { declaredPhase: 'active', leaveFrom: null, returnOn: null });
}

function closePeriod<S extends Employment>(state: S, on: CalendarDate): Step<S> {
  const last = state.periods.at(-1);
  if (last === undefined) return done(state, { declaredPhase: 'terminated' });
  if (on < last.from) {
    // A withdrawn offer: the work never began.
    if (state.declaredPhase === 'applicant') {
      return done(state, { declaredPhase: 'terminated', periods: state.periods.slice(0, -1) });
    }
    return refuse(state, `the last day ${on} is before the first, ${last.from}`);
  }
  return done(state, {
    declaredPhase: 'terminated',
    periods: replaceLast(state.periods, { ...last, to: on }),
  });
}

function replaceLast(periods: readonly EmploymentPeriod[], last: EmploymentPeriod): EmploymentPeriod[] {
  return [...periods.slice(0, -1), last];
}

function done<S extends Employment>(state: S, change: Partial<Employment>): Step<S> {
  return { state: { ...state, ...change }, refused: null };
}

function refuse<S>(state: S, reason: string): Step<S> {
  return { state, refused: reason };
}

/**
 * The phase on a calendar day in the person's zone. Before the first day of work a person is an applicant; through the
 * last day worked the person still counts; a leave begins on its day and lasts until the return is reported.
 */
export function phaseOn(employment: Employment, day: CalendarDate): Phase {
  const { declaredPhase, leaveFrom } = employment;
  const last = employment.periods.at(-1);
  if (declaredPhase === 'applicant') return 'applicant';
  if (declaredPhase === 'terminated' && (!last?.to || day > last.to)) return 'terminated';
  if (last && day < last.from) return 'applicant';
  return leaveFrom !== null && day >= leaveFrom ? 'leave' : 'active';
}

/** The next day on which `phaseOn` changes by date alone; null = never. */
export function phaseChangesOn(employment: Employment, day: CalendarDate): CalendarDate | null {
  const last = employment.periods.at(-1);
  const turns = [last?.from, employment.leaveFrom, last?.to ? dayAfter(last.to) : null];
  const ahead = turns.filter((turn) => typeof turn === 'string').filter((turn) => turn > day);
  const now = phaseOn(employment, day);
  return ahead.toSorted().find((turn) => phaseOn(employment, turn) !== now) ?? null;
}

function dayAfter(day: CalendarDate): CalendarDate {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

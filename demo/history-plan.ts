import type { ComplianceEvent } from '#contracts/compliance-event';
import type { DemoLocation, DemoPerson } from './company.ts';
import type { DemoJobRole } from './job-roles.ts';
import type { Dice } from './dice.ts';

/** One past event of a demo person, before it has ids. */
export interface PastEvent {
  vendor: string;
  module: ComplianceEvent['module'];
  type: string;
  subjectRef: string;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  atMs: number;
  payload: ComplianceEvent['payload'];
}

export interface HistoryInput {
  dice: Dice;
  person: DemoPerson;
  role: DemoJobRole;
  location: DemoLocation;
  hiredMs: number;
  /** Nothing happens after this instant. */
  untilMs: number;
}

const dayMs = 86_400_000;
/** A little more than the 90 days of the trend. */
const shownDays = 95;

export function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Adds whole months, clamped to the month's end, at noon UTC so that the date is the same in every American zone. */
export function monthsLater(ms: number, months: number): number {
  const from = new Date(ms);
  const target = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months, 1, 12));
  const lastDay = new Date(Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0, 12)).getUTCDate();
  target.setUTCDate(Math.min(from.getUTCDate(), lastDay));
  return target.getTime();
}

/**
 * When a recurring duty was done: first near the hire, then again before each end, mostly early, sometimes in the last
 * weeks (shows as due), seldom late (shows as lapsed). Stops at `untilMs`.
 */
export function renewals(
  input: HistoryInput,
  plan: { months: number; warnDays: number; lateShare: number },
): number[] {
  const { dice, untilMs } = input;
  // One record must be in force all through the part of the past that is shown; older ones decide nothing.
  const intervalDays = Math.round(plan.months * 30.4);
  const startMs = Math.max(input.hiredMs, untilMs - (shownDays + dice.int(0, intervalDays)) * dayMs);
  const done: number[] = [startMs];
  for (;;) {
    const last = done.at(-1) ?? startMs;
    const endMs = monthsLater(last, plan.months);
    const leadDays = dice.weighted([
      [() => plan.warnDays + dice.int(1, 25), 80],
      [() => dice.int(2, plan.warnDays), 19],
      [() => -dice.int(2, 40), 500 * plan.lateShare],
    ] as const)();
    const next = Math.max(last + dayMs, endMs - leadDays * dayMs);
    if (next > untilMs) return done;
    done.push(next);
  }
}

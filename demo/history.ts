import type { DemoCompany, DemoPerson } from './company.ts';
import { createDice } from './dice.ts';
import type { PastEvent } from './history-plan.ts';
import { dotHistory } from './history-dot.ts';
import { backgroundHistory, drugAlcoholHistory } from './history-screening.ts';
import { geofenceHistory, healthHistory, trainingHistory } from './history-work.ts';

/** Everything that happened to one demo person, oldest first. */
export function demoHistory(
  seed: number,
  company: DemoCompany,
  person: DemoPerson,
  untilMs: number,
): PastEvent[] {
  const role = company.jobRoles.find((entry) => entry.ref === person.jobRoleRef);
  const location = company.locations.find((entry) => entry.ref === person.locationRef);
  if (!role || !location) throw new Error(`demo person ${person.number} has no role or location`);
  const base = { person, role, location, hiredMs: Date.parse(`${person.hiredOn}T15:00:00Z`), untilMs };
  const parts = [
    drugAlcoholHistory,
    backgroundHistory,
    dotHistory,
    healthHistory,
    trainingHistory,
    geofenceHistory,
  ];
  return parts
    .flatMap((part) => part({ ...base, dice: createDice(seed, `${person.number}/${part.name}`) }))
    .filter((event) => event.atMs <= untilMs)
    .toSorted((a, b) => a.atMs - b.atMs);
}

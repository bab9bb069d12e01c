import { companyOf, endpointsOf, type DemoState } from '#demo';
import type { DotPayload } from '#contracts/events/dot';
import { systemClock } from '#platform/clock';
import type { DemoPerson } from '../demo/company.ts';
import { dateOf, monthsLater } from '../demo/history-plan.ts';
import { standardEvent } from '../demo/simulator/vendors.ts';
import { signed } from './messages.ts';

/** Messages each of which changes one driver's DOT flag: the licence is reported suspended, then valid again. */
export interface Toggles {
  readonly drivers: readonly DemoPerson[];
  /** The next change of this driver, signed now; call it right before sending. */
  next(driver: DemoPerson): Buffer;
}

export function createToggles(state: DemoState, origin: string, run: string): Toggles {
  const company = companyOf(state);
  const withLicence = new Set(
    company.jobRoles.filter(({ requirements }) => requirements.dot !== undefined).map(({ ref }) => ref),
  );
  const endpoints = endpointsOf(state, origin);
  const told = new Map<string, number>();
  return {
    drivers: company.people.filter(
      (person) => person.phase === 'active' && withLicence.has(person.jobRoleRef),
    ),
    next: (driver) => {
      const count = (told.get(driver.number) ?? 0) + 1;
      told.set(driver.number, count);
      const nowMs = systemClock.nowMs();
      const place = company.locations.find(({ ref }) => ref === driver.locationRef)?.state ?? 'TX';
      const event = {
        id: `toggle-${run}-${driver.number}-${count}`,
        module: 'dot' as const,
        type: 'licence.reported',
        subjectRef: `licence:${place}:${driver.number.slice(-4)}`,
        payload: licence(driver, place, count % 2 === 1 ? 'suspended' : 'valid', nowMs),
      };
      return signed(standardEvent(driver, event, nowMs), endpoints, nowMs);
    },
  };
}

function licence(
  driver: DemoPerson,
  state: string,
  status: 'valid' | 'suspended',
  nowMs: number,
): DotPayload<'licence.reported'> {
  return {
    state,
    numberLast4: driver.number.slice(-4),
    kind: 'cdl',
    licenceClass: 'A',
    endorsements: driver.jobRoleRef === 'tank_driver' ? ['N', 'H'] : [],
    restrictions: [],
    status,
    privilegeToDrive: status === 'valid' ? 'valid' : 'invalid',
    issuedOn: dateOf(nowMs - 4 * 365 * 86_400_000),
    expiresOn: dateOf(monthsLater(nowMs, 30)),
    actions: [],
    readOn: dateOf(nowMs),
    via: 'monitor',
  };
}

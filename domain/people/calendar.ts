import type { Clock } from '#platform/clock';
import type { Tx } from '#platform/postgres';
import { daysAt } from './days.ts';
import type { Employee } from './employee.ts';
import { phaseChangesOn, phaseOn } from './lifecycle.ts';
import { loadZones, type StoredEmployee } from './store.postgres.ts';

/** Adds to an employee what today's date, in the person's zone, makes of the declared phase. */
export type OnCalendar = (employee: Employee) => StoredEmployee;

/** Reads the tenant's zones once. */
export async function openCalendar(tx: Tx, clock: Clock): Promise<OnCalendar> {
  const zones = await loadZones(tx);
  const dayIn = daysAt(clock.nowMs());
  return (employee) => {
    const place = employee.locationId === null ? undefined : zones.byLocation.get(employee.locationId);
    const day = dayIn(employee.zone ?? place ?? zones.tenant);
    return { ...employee, phase: phaseOn(employee, day), phaseChangesOn: phaseChangesOn(employee, day) };
  };
}

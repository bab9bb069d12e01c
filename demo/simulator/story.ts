import type { DemoCompany, DemoPerson } from '../company.ts';
import type { Dice } from '../dice.ts';
import type { Message } from './wire.ts';

/** One thing that happens to one person, told by a vendor in one or more messages, `afterMs` from the start. */
export interface Told {
  afterMs: number;
  make: (atMs: number) => Message;
}

export interface StoryInput {
  dice: Dice;
  company: DemoCompany;
  person: DemoPerson;
  /** Unique within a run; makes the vendor's ids. */
  key: string;
}

export type Story = (input: StoryInput) => Told[];

export const secondMs = 1000;

export function requirementsOf({ company, person }: StoryInput) {
  return company.jobRoles.find((role) => role.ref === person.jobRoleRef)?.requirements ?? {};
}

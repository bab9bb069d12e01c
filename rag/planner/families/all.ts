import { eventFamilies } from './events.ts';
import type { Family } from './family.ts';
import { flagFamilies } from './flags.ts';
import { lawFamilies } from './law.ts';
import { moreFamilies } from './more.ts';
import { outlookFamilies } from './outlook.ts';
import { peopleFamilies } from './people.ts';
import { recordFamilies } from './records.ts';
import { trendFamilies } from './trend.ts';

export type { Family } from './family.ts';

/** Families whose answer is rows. */
export const families: readonly Family[] = [
  ...flagFamilies,
  ...outlookFamilies,
  ...recordFamilies,
  ...eventFamilies,
  ...trendFamilies,
  ...moreFamilies,
  ...peopleFamilies,
];

/** Every name that an answer may carry. */
export const familyNames: readonly string[] = [...families, ...lawFamilies].map(({ name }) => name);

/** Questions to show somebody who does not know what to ask. Those of one person need a name, so they are left out. */
export const exampleQuestions: readonly string[] = [
  ...families.filter(({ ofPerson }) => !ofPerson),
  ...lawFamilies,
].map(({ example }) => example);

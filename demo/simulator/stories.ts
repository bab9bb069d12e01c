import { olderBackground, randomTest, runningCheck } from './stories-screening.ts';
import { courseFinished, driverPapers, siteVisit, stranger } from './stories-work.ts';
import type { Story } from './story.ts';

/** What can happen, by weight. */
export const stories: readonly (readonly [Story, number])[] = [
  [courseFinished, 34],
  [randomTest, 14],
  [runningCheck, 14],
  [olderBackground, 4],
  [driverPapers, 16],
  [siteVisit, 17],
  [stranger, 1],
];

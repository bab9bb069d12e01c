import { events } from './events.ts';
import { flagChanges } from './flag-changes.ts';
import { flags } from './flags.ts';
import { people } from './people.ts';
import { statusDays } from './status-days.ts';
import type { View } from './view.ts';

/**
 * The semantic views: all that people and models may query, in the words of the field. One truth for the guard, the
 * explorer's schema panel and the assistant's prompt; a test compares every column with what the engine answers.
 */
export const views = {
  people,
  flags,
  flag_changes: flagChanges,
  events,
  status_days: statusDays,
} as const satisfies Readonly<Record<string, View>>;

export type ViewName = keyof typeof views;
export const viewNames = Object.keys(views) as readonly ViewName[];

export const isViewName = (name: string): name is ViewName => Object.hasOwn(views, name);

import * as z from 'zod';
import type { EventModule } from '../compliance-event.ts';
import { backgroundEvents } from './background.ts';
import { dotEvents } from './dot.ts';
import { drugAlcoholEvents } from './drug-alcohol.ts';
import { geofenceEvents } from './geofence.ts';
import { healthEvents } from './health.ts';
import { peopleEvents } from './people.ts';
import { trainingEvents } from './training.ts';

/** Every event type of every module with the schema of its payload. */
export const eventCatalogue: Readonly<Record<EventModule, Readonly<Record<string, z.ZodType>>>> = {
  people: peopleEvents,
  drug_alcohol: drugAlcoholEvents,
  background: backgroundEvents,
  dot: dotEvents,
  health: healthEvents,
  training: trainingEvents,
  geofence: geofenceEvents,
};

/**
 * Event types that every compliance module takes. `human_review.resolved`: a person settled what is open about the
 * subject; the record's open reviews of that `subjectRef` close, or those of the named events alone.
 */
const everyModule: Readonly<Record<string, z.ZodType>> = {
  'human_review.resolved': z.object({
    note: z.string().min(1),
    /** The events that were looked at; absent = everything open about the subject. */
    eventIds: z.array(z.string()).optional(),
  }),
};

/** The payload schema of (module, type), or undefined for a type that the module does not know. */
export function payloadSchema(module: EventModule, type: string): z.ZodType | undefined {
  const types = eventCatalogue[module];
  if (module !== 'people' && Object.hasOwn(everyModule, type)) return everyModule[type];
  return Object.hasOwn(types, type) ? types[type] : undefined;
}

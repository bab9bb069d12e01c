import * as z from 'zod';

/** The six compliance modules, in the order in which every screen lists them. */
export const modules = ['drug_alcohol', 'background', 'dot', 'health', 'training', 'geofence'] as const;

export const moduleSchema = z.enum(modules);
export type Module = z.infer<typeof moduleSchema>;

/** Words for screens, sentence case. */
export const moduleNames: Record<Module, string> = {
  drug_alcohol: 'Drug & alcohol',
  background: 'Background',
  dot: 'DOT',
  health: 'Health',
  training: 'Training',
  geofence: 'Geofence',
};

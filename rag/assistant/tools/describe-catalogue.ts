import * as z from 'zod';
import { describeCatalogue as describe, viewNames, type Guard } from '#warehouse';
import { checked, type CheckedTool } from './tool.ts';

const input = z.strictObject({
  view: z.enum(viewNames).nullable().describe('One view, or null for all.'),
});
type Input = z.infer<typeof input>;

export function describeCatalogue(guard: Guard): CheckedTool {
  return checked<Input>({
    name: 'describe_catalogue',
    description: `The views with their columns, units and values, and whether this asker may ask them.`,
    input,
    run: ({ view }, { scope }) => {
      const named = view === null ? viewNames : [view];
      const views = named.map((name) => ({
        name,
        denied: guard.whyDenied(scope, name),
        columns: describe([name]),
      }));
      return Promise.resolve({ told: { views }, shown: [] });
    },
  });
}

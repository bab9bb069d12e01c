import * as z from 'zod';
import { checked, type CheckedTool } from './tool.ts';

const input = z.strictObject({
  title: z.string().min(3).max(160),
  body: z.string().min(3).max(8000).describe('Markdown, ready to be read over and used.'),
});
type Input = z.infer<typeof input>;

const kinds = {
  rule: 'A change to the rules: what is tested, which colour it gives, its basis, its citation and an example of each outcome.',
  reminder: 'A message to a person or a group: what is due, when, and what to do.',
  report: 'A report: what was asked, what was found with its numbers, what follows.',
} as const;

/** Texts for a person to use or to leave. There is no tool that changes or sends anything. */
export function drafts(): CheckedTool[] {
  return (Object.keys(kinds) as (keyof typeof kinds)[]).map((kind) =>
    checked<Input>({
      name: `draft_${kind}`,
      description: `${kinds[kind]} A draft alone: a person reads it and decides, nothing happens by itself.`,
      input,
      run: ({ title, body }) =>
        Promise.resolve({
          told: { drafted: title, committed: false },
          shown: [{ type: 'draft', kind, title, body }],
        }),
    }),
  );
}

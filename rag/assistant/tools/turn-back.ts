import * as z from 'zod';
import { checked, type CheckedTool } from './tool.ts';

const clarify = z.strictObject({
  question: z.string().min(3).max(300),
  choices: z
    .array(
      z.strictObject({
        label: z.string().min(1).max(80),
        ask: z.string().min(3).max(400).describe('The whole question, as the asker would put it.'),
      }),
    )
    .min(2)
    .max(6),
});
const cannot = z.strictObject({
  words: z.string().min(3).max(600).describe('What you cannot answer, and why.'),
  can: z.array(z.string().min(3).max(300)).max(4).describe('Questions near it that you can answer.'),
});

/** The two ways not to answer. Both end the answer. */
export function turnBack(): CheckedTool[] {
  return [
    checked<z.infer<typeof clarify>>({
      name: 'ask_back',
      description:
        'When the question can mean several things with different answers: lets the asker pick. Ends the answer.',
      input: clarify,
      run: ({ question, choices }) =>
        Promise.resolve({ told: {}, shown: [{ type: 'clarify', question, choices }], ends: true }),
    }),
    checked<z.infer<typeof cannot>>({
      name: 'cannot_answer',
      description:
        'When neither data nor texts can answer the question, or it is not about this field. Ends the answer.',
      input: cannot,
      run: ({ words, can }) =>
        Promise.resolve({ told: {}, shown: [{ type: 'cannot', words, can }], ends: true }),
    }),
  ];
}

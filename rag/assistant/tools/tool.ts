import type * as z from 'zod';
import type { AnswerEvent } from '#contracts/der-iq';
import type { Asked } from '../../answerer.ts';

/** What a call came to: for the model, and for the asker. */
export interface ToolOutcome {
  /** Told to the model, as data. */
  readonly told: unknown;
  /** Shown to the asker at once. */
  readonly shown: readonly AnswerEvent[];
  /** The answer ends with it. */
  readonly ends?: boolean;
  /** The call went wrong; the model may try another. */
  readonly failed?: boolean;
}

export interface Tool<Input> {
  readonly name: string;
  /** For the model. */
  readonly description: string;
  readonly input: z.ZodType<Input>;
  run(input: Input, asked: Asked): Promise<ToolOutcome>;
}

/** A tool whose input is checked before it runs. */
export interface CheckedTool {
  readonly name: string;
  readonly description: string;
  readonly input: z.ZodType;
  call(input: unknown, asked: Asked): Promise<ToolOutcome>;
}

export function checked<Input>(tool: Tool<Input>): CheckedTool {
  const { name, description, input } = tool;
  return {
    name,
    description,
    input,
    call: async (given, asked) => {
      const parsed = input.safeParse(given);
      if (parsed.success) return tool.run(parsed.data, asked);
      const told = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'input'}: ${message}`);
      return { told: { wrong: told }, shown: [], failed: true };
    },
  };
}

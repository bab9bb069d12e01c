import * as z from 'zod';
import { PlumblineError } from '#platform/errors';
import type { Guard } from '#warehouse';
import type { Asked } from '../../answerer.ts';
import type { Retrieval } from '../../retrieval/retrieve.ts';
import type { ToolCall, ToolOffer } from '../language-model.ts';
import { describeCatalogue } from './describe-catalogue.ts';
import { drafts } from './drafts.ts';
import { explainFlag, type ExplainFlag } from './explain-flag.ts';
import { queryWarehouse } from './query-warehouse.ts';
import { searchRegulations } from './search-regulations.ts';
import type { ToolOutcome } from './tool.ts';
import { turnBack } from './turn-back.ts';

export interface ToolDeps {
  readonly guard: Guard;
  readonly retrieval: () => Promise<Retrieval>;
  readonly explain: ExplainFlag;
  /** The last look at what leaves, for this asker. */
  readonly screen: <T>(scope: Asked['scope'], value: T) => T;
}

export interface Tools {
  readonly offers: readonly ToolOffer[];
  /** Runs what the model asked for, in the asker's name. Throws only what is wrong with an engine. */
  run(call: ToolCall, asked: Asked): Promise<ToolOutcome>;
}

export function createTools({ guard, retrieval, explain, screen }: ToolDeps): Tools {
  const all = [
    searchRegulations(retrieval),
    queryWarehouse(guard),
    describeCatalogue(guard),
    explainFlag(explain),
    ...drafts(),
    ...turnBack(),
  ];
  const byName = new Map(all.map((tool) => [tool.name, tool]));
  return {
    offers: all.map(({ name, description, input }) => ({ name, description, input: schemaOf(input) })),
    run: async (call, asked) => {
      const tool = byName.get(call.name);
      if (tool === undefined) return { told: { wrong: 'There is no such tool.' }, shown: [], failed: true };
      const outcome = await tool.call(call.input, asked).catch(toOutcome);
      const { told, shown } = outcome;
      return { ...outcome, told: screen(asked.scope, told), shown: screen(asked.scope, shown) };
    },
  };
}

function schemaOf(input: z.ZodType): ToolOffer['input'] {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(input, { io: 'input' });
  return schema;
}

/** Of kinds that are about the request; all others are about us. */
const aboutRequest: ReadonlySet<string> = new Set([
  'malformed',
  'not_found',
  'conflict',
  'too_large',
  'invalid',
  'limited',
]);

function toOutcome(error: unknown): ToolOutcome {
  if (!(error instanceof PlumblineError)) throw error;
  const { kind, detail: words } = error;
  if (kind === 'forbidden')
    return {
      told: { denied: words },
      shown: [{ type: 'denied', right: rightIn(words), words }],
      failed: true,
    };
  if (!aboutRequest.has(kind)) throw error;
  return { told: { wrong: words }, shown: [], failed: true };
}

/** `You need the right to view Health (view) to read …`: what stands in the brackets. */
const rightIn = (words: string): string | null =>
  /^You need the right to [^(]*\(([a-z-]+)\)/.exec(words)?.[1] ?? null;

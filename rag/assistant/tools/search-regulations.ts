import * as z from 'zod';
import type { AnswerEvent } from '#contracts/der-iq';
import { dateSchema } from '#contracts/time';
import type { Passage, Retrieval } from '../../retrieval/retrieve.ts';
import { regulationHref } from './regulation-href.ts';
import { checked, type CheckedTool } from './tool.ts';

const input = z.strictObject({
  query: z.string().min(2).max(400).describe('The question, or its words as the field has them.'),
  as_of: dateSchema.nullable().describe('The law as it was on this day, or null for the newest text held.'),
});
type Input = z.infer<typeof input>;

const most = 4;

export function searchRegulations(retrieval: () => Promise<Retrieval>): CheckedTool {
  return checked<Input>({
    name: 'search_regulations',
    description: `Searches the regulations and the company's own documents, and shows the asker the paragraphs that were
found, with their citation. When "answers" is false, the corpus does not answer the question: say so and quote nothing.`,
    input,
    run: async ({ query, as_of: asOf }, { scope }) => {
      const { tenantId, role } = scope;
      const { search } = await retrieval();
      const asked = { text: query, limit: most, ...(asOf !== null && { asOf }) };
      const { answerable, outside, passages } = await search(asked, { tenantId, role });
      if (!answerable) return { told: { answers: false, belongsTo: outside, found: [] }, shown: [] };
      const found = passages.map(({ citation, title, quote, status, asOf: on, notices, own }) => ({
        citation,
        title,
        quote,
        asOf: on,
        notices,
        source: own ? 'document of the company' : status === 'summary' ? 'our summary of the law' : 'the law',
      }));
      return { told: { answers: true, found }, shown: passages.map((each) => toCitation(each, asOf)) };
    },
  });
}

function toCitation({ citation, title, quote, status, asOf }: Passage, asked: string | null): AnswerEvent {
  return {
    type: 'citation',
    citation,
    title,
    quote,
    kind: status === 'summary' ? 'summary' : 'text',
    asOf,
    href: regulationHref(citation, asked),
  };
}

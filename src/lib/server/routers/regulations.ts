import * as z from 'zod';
import { modules } from '#contracts/modules';
import {
  regulationAnswerSchema,
  regulationQuerySchema,
  regulationSectionSchema,
  type RegulationSection,
} from '#contracts/screens/regulations';
import { dateSchema } from '#contracts/time';
import { builtInPacks } from '#domain/flags';
import type { Viewer } from '#domain/identity';
import { PlumblineError } from '#platform/errors';
import { parseCitation, type Reader, type Retrieval } from '#rag';
import { router, signedInProcedure } from '../trpc.ts';

export interface RegulationsRouterDeps {
  retrieval(): Promise<Retrieval>;
}

const readerOf = ({ actingTenantId, membership }: Viewer): Reader => ({
  tenantId: actingTenantId,
  role: membership.role,
});

/** The law is everybody's to read; a company's documents are for whom they were loaded. */
export function createRegulationsRouter(deps: RegulationsRouterDeps) {
  return router({
    search: signedInProcedure
      .input(regulationQuerySchema)
      .output(regulationAnswerSchema)
      .query(async ({ ctx, input: { text, asOf, group } }) => {
        const retrieval = await deps.retrieval();
        const filter = { ...(asOf !== null && { asOf }), ...(group !== null && { groups: [group] }) };
        const found = await retrieval.search({ text, limit: 10, ...filter }, readerOf(ctx.session.viewer));
        return { ...found, passages: [...found.passages] };
      }),
    section: signedInProcedure
      .input(z.object({ citation: z.string().max(200), asOf: dateSchema.nullable().default(null) }))
      .output(regulationSectionSchema)
      .query(async ({ ctx, input: { citation, asOf } }) => {
        const retrieval = await deps.retrieval();
        const { section } = parseCitation(citation);
        const found = await retrieval.section(section, asOf, readerOf(ctx.session.viewer));
        if (found === undefined) throw unknownSection(section, asOf);
        return {
          ...found,
          path: [...found.path],
          notices: [...found.notices],
          versions: [...found.versions],
          paragraphs: found.paragraphs.map(toParagraph),
          rules: rulesCiting(section),
        };
      }),
  });
}

type Paragraph = RegulationSection['paragraphs'][number];

const toParagraph = ({ labels, text }: { labels: readonly string[]; text: string }): Paragraph => ({
  place: labels.map((label) => `(${label})`).join(''),
  depth: labels.length,
  text,
});

function rulesCiting(section: string): RegulationSection['rules'] {
  const wanted = section.toLowerCase();
  const found = modules.flatMap((module) =>
    builtInPacks[module].rules
      .map(({ id, title, citations }) => ({
        id,
        title,
        module,
        citations: citations.filter((each) => parseCitation(each).section.toLowerCase() === wanted),
      }))
      .filter(({ citations }) => citations.length > 0),
  );
  return [...new Map(found.map((rule) => [rule.id, rule])).values()];
}

function unknownSection(section: string, asOf: string | null): PlumblineError {
  return new PlumblineError({
    kind: 'not_found',
    code: 'corpus.section_unknown',
    detail: `${section} is not in the corpus${asOf === null ? '' : ` as of ${asOf}`}.`,
  });
}

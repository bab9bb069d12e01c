import * as z from 'zod';
import {
  explorerAnswerSchema,
  explorerAskSchema,
  explorerCatalogueSchema,
  explorerPageSize,
  type ExplorerView,
} from '#contracts/screens/explorer';
import { isDeidentified, labelOf, type Scope } from '#domain/identity';
import { PlumblineError } from '#platform/errors';
import { viewNames, views, type Guard, type View, type ViewName } from '#warehouse';
import { router, scopedProcedure } from '../trpc.ts';

export interface ExplorerRouterDeps {
  readonly guard: Guard;
}

/** SQL can count few enough people to tell who they are: it is not for those who may not know that. */
const asker = scopedProcedure('any-module', 'see').use(({ ctx, next }) => {
  if (isDeidentified(ctx.scope)) throw namesNeeded(ctx.scope);
  return next();
});

/** Questions in SQL over the semantic views. All SQL goes through the guard, which also records it. */
export function createExplorerRouter({ guard }: ExplorerRouterDeps) {
  return router({
    catalogue: asker
      .output(explorerCatalogueSchema)
      .query(({ ctx: { scope } }) => ({ views: viewNames.map((name) => toView(guard, scope, name)) })),
    /** A mutation, since each question leaves an entry in the audit log. */
    run: asker
      .input(explorerAskSchema)
      .output(explorerAnswerSchema)
      .mutation(async ({ ctx: { scope }, input: { sql, page }, signal }) => {
        const limits = { rows: explorerPageSize, offset: (page - 1) * explorerPageSize };
        const { columns, rows, truncated, limitedTo, sqlAsRun, tookMs } = await guard.runGuarded({
          scope,
          sql,
          limits,
          ...(signal === undefined ? {} : { signal }),
        });
        const lists = { columns: [...columns], rows: rows.map((row) => [...row]) };
        return { ...lists, page, hasMore: truncated, limitedTo, sqlAsRun, tookMs };
      }),
    format: asker
      .input(z.object({ sql: z.string().max(20_000) }))
      .output(z.object({ sql: z.string() }))
      .query(async ({ input: { sql } }) => ({ sql: await guard.format(sql) })),
  });
}

function toView(guard: Guard, scope: Scope, name: ViewName): ExplorerView {
  const view: View = views[name];
  return {
    name,
    meaning: view.meaning,
    grain: view.grain,
    denied: guard.whyDenied(scope, name),
    columns: Object.entries(view.columns).map(([column, { unit, values, ...about }]) => ({
      name: column,
      ...about,
      unit: unit ?? null,
      values: [...(values ?? [])],
    })),
    joins: view.joins.map((join) => ({ view: join.view, on: [...join.on] })),
    questions: view.questions.map((each) => ({ ...each })),
  };
}

function namesNeeded({ role, roleLabels }: Scope): PlumblineError {
  const label = role === null ? '' : labelOf(role, roleLabels);
  return new PlumblineError({
    kind: 'forbidden',
    code: 'explorer.names_needed',
    detail: `Answers in SQL can tell who somebody is. Your role ${label} sees people without names, so the explorer is not for it; the overview and the board are.`,
  });
}

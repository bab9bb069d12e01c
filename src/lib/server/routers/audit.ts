import {
  auditPageInputSchema,
  auditPageSchema,
  auditRowSchema,
  type AuditQuery,
} from '#contracts/screens/audit';
import { idSchema } from '#contracts/ids';
import type { Audit, AuditFilter } from '#domain/audit';
import type { Scope } from '#domain/identity';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import type { Postgres } from '#platform/postgres';
import * as z from 'zod';
import { entriesBeyond } from '../audit/in-scope.postgres.ts';
import { seesWholeLog, toAuditRow } from '../audit/rows.ts';
import { verifyFrames, type Verify } from '../audit/verification.ts';
import { dayBefore, type EndOfDay } from '../end-of-day.ts';
import { router, scopedProcedure } from '../trpc.ts';

export interface AuditRouterDeps {
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly verify: Verify;
  readonly endOfDay: EndOfDay;
  readonly clock: Clock;
}

const reader = scopedProcedure('administration', 'view');

export function createAuditRouter(deps: AuditRouterDeps) {
  const running = new Set<string>();
  return router({
    list: reader
      .input(auditPageInputSchema)
      .output(auditPageSchema)
      .query(async ({ ctx: { scope }, input }) => {
        const filter = await toFilter(deps.endOfDay, scope, input.query);
        const page = { limit: input.limit, ...(input.before === null ? {} : { before: input.before }) };
        return deps.postgres.asViewer(scope, async (tx) => {
          const { entries, next } = await deps.audit.list(tx, filter, page);
          const beyond = await entriesBeyond(tx, scope, entries);
          const rows = entries.map((entry) => toAuditRow(scope, entry, beyond.has(entry.id)));
          // A search that finds a hidden entry, or counts it, would tell what is hidden.
          const probing =
            !seesWholeLog(scope) && (filter.text !== undefined || filter.subjectId !== undefined);
          if (probing) return { rows: rows.filter((row) => row.hidden === ''), next, total: null };
          return { rows, next, total: await deps.audit.count(tx, filter) };
        });
      }),
    get: reader
      .input(z.object({ id: idSchema('auditEntry') }))
      .output(auditRowSchema)
      .query(({ ctx: { scope }, input }) =>
        deps.postgres.asViewer(scope, async (tx) => {
          const entry = await deps.audit.get(tx, input.id);
          const beyond = await entriesBeyond(tx, scope, [entry]);
          return toAuditRow(scope, entry, beyond.has(entry.id));
        }),
      ),
    /** Recomputes the whole chain of the tenant, telling how far it is. */
    verify: reader.subscription(async function* ({ ctx: { scope }, signal }) {
      if (running.has(scope.tenantId)) throw alreadyRunning();
      running.add(scope.tenantId);
      try {
        const ended = signal ?? new AbortController().signal;
        yield* verifyFrames(deps.verify, deps.clock, scope.tenantId, ended);
      } finally {
        running.delete(scope.tenantId);
      }
    }),
  });
}

async function toFilter(endOfDay: EndOfDay, scope: Scope, query: AuditQuery): Promise<AuditFilter> {
  const from = query.from === null ? null : await endOfDay(scope.tenantId, dayBefore(query.from));
  const to = query.to === null ? null : await endOfDay(scope.tenantId, query.to);
  return {
    ...(query.text.trim() === '' ? {} : { text: query.text }),
    ...(query.actorType === null ? {} : { actorType: query.actorType }),
    ...(query.act === null ? {} : { act: query.act }),
    ...(query.subjectType === null ? {} : { subjectType: query.subjectType }),
    ...(query.subjectId === null ? {} : { subjectId: query.subjectId }),
    ...(from === null ? {} : { from }),
    ...(to === null ? {} : { to }),
  };
}

function alreadyRunning(): PlumblineError {
  return new PlumblineError({
    kind: 'limited',
    code: 'audit.verification_running',
    detail: 'This log is being verified right now. Wait for that verdict, or try again in a minute.',
    retryAfterS: 60,
  });
}

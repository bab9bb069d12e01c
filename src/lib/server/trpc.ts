import { TRPCError, initTRPC } from '@trpc/server';
import {
  authorize,
  authorizeOperations,
  authorizeOwn,
  type Ask,
  type AskedArea,
  type Scope,
} from '#domain/identity';
import type { Context, ViewerSession } from './context.ts';
import { describeFailure, toTrpcError } from './failures.ts';
import { outgoing } from './outgoing.ts';
import { recordAsked } from './watching.ts';

/**
 * What every procedure declares. `public` needs no session; `signed-in` needs one but no right (it acts on the
 * viewer's own things only); `own` needs a record of one's own; `operations` is for who may read how the whole platform
 * runs; otherwise the right in the area, from which the viewer's `Scope` is made.
 */
export type ProcedureMeta =
  | { readonly access: 'public' }
  | { readonly access: 'signed-in' }
  | { readonly access: 'own' }
  | { readonly access: 'operations' }
  | { readonly area: AskedArea; readonly right: Ask };

const trpc = initTRPC
  .context<Context>()
  .meta<ProcedureMeta>()
  .create({
    errorFormatter: ({ shape, error, ctx }) => {
      const failure = describeFailure(error, ctx?.reference ?? 'none');
      const { stack: _hidden, ...data } = shape.data;
      return { ...shape, message: failure.message, data: { ...data, failure } };
    },
  });

export const router = trpc.router;
export const createCallerFactory = trpc.createCallerFactory;

/** Gives thrown PlumblineErrors the status of their kind. */
const mapFailures = trpc.middleware(async ({ next }) => {
  const result = await next();
  if (!result.ok) throw toTrpcError(result.error);
  return result;
});

/** Tells the watch who was refused what, and whose records were opened. Outside of all else, so that it sees every refusal. */
const tellWatch = trpc.middleware(async ({ ctx, path, getRawInput, next }) => {
  const result = await next();
  const { watch, session, ip } = ctx;
  if (watch === undefined || session === null) return result;
  if (!result.ok) {
    if (result.error.code === 'FORBIDDEN') watch.denied({ session, ip, what: path });
    return result;
  }
  const employeeId = recordAsked(path, await getRawInput());
  if (employeeId !== null) watch.opened({ session, ip, what: path }, employeeId);
  return result;
});

const base = trpc.procedure.use(tellWatch).use(mapFailures);

function requireSession(ctx: Context): ViewerSession {
  if (ctx.session === null) throw new TRPCError({ code: 'UNAUTHORIZED' });
  return ctx.session;
}

/** Needs no session. */
export const publicProcedure = base.meta({ access: 'public' });

/** Needs a session, and acts only on what is the viewer's own. */
export const signedInProcedure = base
  .meta({ access: 'signed-in' })
  .use(({ ctx, next }) => next({ ctx: { session: requireSession(ctx) } }));

/** Whatever the procedure answers, the wall has looked at it. */
const passWall = <R extends { readonly ok: boolean }>(scope: Scope, result: R): R =>
  result.ok && 'data' in result ? { ...result, data: outgoing(scope, result.data) } : result;

/** Sees the viewer's own employee record and nothing else, whatever the role. */
export const ownProcedure = base.meta({ access: 'own' }).use(async ({ ctx, next }) => {
  const session = requireSession(ctx);
  const scope = authorizeOwn(session.viewer);
  return passWall(scope, await next({ ctx: { session, scope } }));
});

/** How the whole platform runs, without the name or number of any company. */
export const operationsProcedure = base.meta({ access: 'operations' }).use(({ ctx, next }) => {
  const session = requireSession(ctx);
  return next({ ctx: { session, scope: authorizeOperations(session.viewer) } });
});

/**
 * A procedure that needs `right` in `area`; its `ctx.scope` was made for exactly that need.
 * Refuses with `forbidden`, naming the missing right, before any input is parsed.
 */
export function scopedProcedure(area: AskedArea, right: Ask) {
  return base.meta({ area, right }).use(async ({ ctx, next }) => {
    const session = requireSession(ctx);
    const scope = authorize(session.viewer, right, area);
    return passWall(scope, await next({ ctx: { session, scope } }));
  });
}

import { tracked } from '@trpc/server';
import * as z from 'zod';
import type { Clock } from '#platform/clock';
import { parseTrackedId } from '../live/wire.ts';
import type { LiveHub } from '../live.ts';
import { publicProcedure, router, scopedProcedure } from '../trpc.ts';

export interface LiveRouterDeps {
  readonly hub: Pick<LiveHub, 'frames'>;
  readonly clock: Clock;
}

const resumeSchema = z
  .object({
    /** The sequence that the page was read at. */
    after: z.int().nonnegative().optional(),
    /** Set by the tRPC link after a drop. */
    lastEventId: z.string().max(64).optional(),
  })
  .optional();

export function createLiveRouter(deps: LiveRouterDeps) {
  return router({
    /** Flag changes as they are decided. Over `/ws` the hub answers this path itself, with the same frames. */
    flags: scopedProcedure('any-module', 'see')
      .input(resumeSchema)
      .subscription(async function* ({ ctx, input, signal }) {
        const after = parseTrackedId(input?.lastEventId) ?? input?.after ?? null;
        const ended = signal ?? new AbortController().signal;
        for await (const [id, frame] of deps.hub.frames(ctx.scope, after, ended)) yield tracked(id, frame);
      }),
    /** The server's time, so that a page can tell how old an event is though its own clock is wrong. */
    clock: publicProcedure.query(() => ({ nowMs: deps.clock.nowMs() })),
  });
}

import { listAccess } from './access.ts';
import { createFrameRouter, type FrameRouterDeps } from './routers/frame.ts';
import { createLiveRouter, type LiveRouterDeps } from './routers/live.ts';
import { createSessionRouter } from './routers/session.ts';
import { createCallerFactory, router } from './trpc.ts';

/** Everything that the procedures need; made by the composition root. */
export interface RouterDeps {
  readonly frame: FrameRouterDeps;
  readonly live: LiveRouterDeps;
}

/** The whole API of the pages. Throws when a procedure does not declare what it needs. */
export function createRouter(deps: RouterDeps) {
  const made = router({
    session: createSessionRouter(),
    frame: createFrameRouter(deps.frame),
    live: createLiveRouter(deps.live),
  });
  listAccess(made);
  return made;
}

export type AppRouter = ReturnType<typeof createRouter>;

/** Calls procedures from the server's own pages, without HTTP. */
export const createApiFactory = (made: AppRouter) => createCallerFactory(made);
export type Api = ReturnType<ReturnType<typeof createApiFactory>>;

import type { Context, ContextRequest, Sessions } from './context.ts';
import type { Failure } from './failures.ts';
import type { Api } from './router.ts';

/** A demo sign-in that the sign-in page may show; only when the demo is on. */
export interface DemoAccount {
  readonly email: string;
  readonly password: string;
  readonly name: string;
  /** What this person would look for, e.g. "Safety manager, two divisions". */
  readonly note: string;
}

export type PageCaller = Api;

/**
 * What SvelteKit's pages need of the running app. The composition root puts it on
 * `globalThis[Symbol.for('plumbline.app')]` before the first request, so that engines, router and sessions
 * exist once although the pages are built apart.
 */
export interface PageApp {
  createContext(request: ContextRequest): Promise<Context>;
  /** Every procedure, as the viewer of this context. */
  createApi(context: Context): Api;
  /** Epoch milliseconds. */
  now(): number;
  /**
   * Answers `/api/auth/*`: the sign-in form passes through it, so that its rules hold without a script too. `ip` is the
   * client's address: tries are limited by it, and without one all clients share one limit.
   */
  auth(request: Request, ip: string | null): Promise<Response>;
  /** Somebody whose password was right and of whom a further step is asked: they reach that step's screen alone. */
  readonly pendingSession: Sessions['pending'];
  /** Name of the cookie that holds the company looked at. */
  readonly tenantCookie: string;
  readonly demo: { readonly accounts: readonly DemoAccount[] } | null;
  /** `describeFailure` of the running app: its error classes are not those of the built pages. */
  describeFailure(error: unknown, reference: string): Failure;
  /** For the log: failures that are not the viewer's. */
  onError(error: unknown, place: { readonly path: string; readonly reference: string }): void;
}

export const pageAppKey = Symbol.for('plumbline.app');

/** The running app. Throws when the pages were started without it. */
export function pageApp(): PageApp {
  const app = (globalThis as { [pageAppKey]?: PageApp })[pageAppKey];
  if (app === undefined) throw new Error('The pages were started without the app: run src/server.ts');
  return app;
}

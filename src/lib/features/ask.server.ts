import { error, redirect } from '@sveltejs/kit';
import type { PageCaller } from '#server/page-app';

/**
 * Asks the API as the viewer. A refusal becomes a page of its own with its words and reference; an ended
 * session goes to sign in. Use it for what a page cannot be drawn without; catch the rest where it is drawn.
 */
export async function ask<T>(locals: App.Locals, question: (api: PageCaller) => Promise<T>): Promise<T> {
  try {
    return await question(locals.api);
  } catch (thrown) {
    const failure = locals.app.describeFailure(thrown, locals.reference);
    if (failure.status === 401) redirect(303, '/sign-in');
    if (failure.status >= 500) locals.app.onError(thrown, { path: 'page', reference: failure.reference });
    error(failure.status, { message: failure.message, reference: failure.reference });
  }
}

/** What a pane shows that could not be read, while the rest of the page stands. */
export interface Unread {
  readonly message: string;
  readonly reference: string;
}

/** As `ask`, for one pane of a page: answers `{ data }` or `{ failed }`. */
export async function askPane<T>(
  locals: App.Locals,
  question: (api: PageCaller) => Promise<T>,
): Promise<{ data: T; failed: null } | { data: null; failed: Unread }> {
  try {
    return { data: await question(locals.api), failed: null };
  } catch (thrown) {
    const failure = locals.app.describeFailure(thrown, locals.reference);
    if (failure.status >= 500) locals.app.onError(thrown, { path: 'page', reference: failure.reference });
    return { data: null, failed: { message: failure.message, reference: failure.reference } };
  }
}

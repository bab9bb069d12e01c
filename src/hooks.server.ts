import { redirect, type Handle, type HandleServerError } from '@sveltejs/kit';
import { pageApp } from '#server/page-app';

const open = ['/sign-in', '/gallery'];
const themes = ['light', 'dark'];

const isOpen = (path: string): boolean => open.some((one) => path === one || path.startsWith(`${one}/`));

/** Makes the viewer's context once per request; whoever is signed out goes to sign in and comes back. */
export const handle: Handle = async ({ event, resolve }) => {
  const app = pageApp();
  const context = await app.createContext({
    headers: event.request.headers,
    ip: event.getClientAddress(),
    origin: 'page',
  });
  event.locals.app = app;
  event.locals.session = context.session;
  event.locals.api = app.createApi(context);
  event.locals.reference = context.reference;

  if (context.session === null && !isOpen(event.url.pathname)) {
    const back = event.request.method === 'GET' ? event.url.pathname + event.url.search : '/';
    const pending = await app.pendingSession(event.request.headers);
    redirect(303, `/sign-in${pending === null ? '' : `/${pending.step}`}?to=${encodeURIComponent(back)}`);
  }

  const theme = event.cookies.get('theme') ?? '';
  const response = await resolve(event, {
    transformPageChunk: ({ html }) => html.replace('%theme%', themes.includes(theme) ? theme : 'system'),
    preload: ({ type, path }) =>
      type === 'js' || type === 'css' || (type === 'font' && path.includes('inter-latin-opsz-normal')),
  });
  response.headers.set('x-frame-options', 'DENY');
  response.headers.set('x-content-type-options', 'nosniff');
  response.headers.set('referrer-policy', 'same-origin');
  if (!event.url.pathname.startsWith('/_app/')) response.headers.set('cache-control', 'private, no-store');
  return response;
};

/** Never engine text: what went wrong is in the log under the reference. */
export const handleError: HandleServerError = ({ error, event, status }) => {
  const reference = event.locals.reference ?? 'none';
  if (status === 404) return { message: 'There is no such page.', reference };
  event.locals.app?.onError(error, { path: event.url.pathname, reference });
  return { message: 'This page could not be made.', reference };
};

import { redirect, type Handle, type HandleServerError } from '@sveltejs/kit';
import { liftStyles } from '#server/inline-styles';
import { pageApp } from '#server/page-app';

const open = ['/sign-in', '/invitation', '/gallery'];
const themes = ['light', 'dark'];

const isOpen = (path: string): boolean => open.some((one) => path === one || path.startsWith(`${one}/`));

const sheetMark = '/*lifted*/';

/** The chunk with the head gets the sheet of all styles that were drawn in attributes; see inline-styles.ts. */
function withSheet(html: string): string {
  if (!html.includes(sheetMark)) return html;
  const lifted = liftStyles(html);
  return lifted.html.replace(sheetMark, () => lifted.css);
}

/** The nonce of the page's scripts is good for its sheet. */
function allowSheet(headers: Headers): void {
  const policy = headers.get('content-security-policy');
  const nonce = policy === null ? undefined : /'nonce-[^']+'/.exec(policy)?.[0];
  if (policy === null || nonce === undefined) return;
  headers.set('content-security-policy', policy.replace(/style-src ([^;]*)/, `style-src $1 ${nonce}`));
}

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
    transformPageChunk: ({ html }) =>
      withSheet(html.replace('%theme%', themes.includes(theme) ? theme : 'system')),
    preload: ({ type, path }) =>
      type === 'js' || type === 'css' || (type === 'font' && path.includes('inter-latin-opsz-normal')),
  });
  allowSheet(response.headers);
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

import type { RequestEvent } from '@sveltejs/kit';

/** Only places of this site; `//host` and schemes lead elsewhere. */
export function safeTarget(to: string | null): string {
  if (to === null || !to.startsWith('/') || to.startsWith('//') || to.startsWith('/\\')) return '/';
  return to.startsWith('/sign-') ? '/' : to;
}

/** What to tell somebody who tried too often. */
export function limitWords(answer: Response): string {
  const waitS = Number(answer.headers.get('retry-after') ?? 60);
  const wait = waitS > 90 ? `${Math.ceil(waitS / 60)} minutes` : `${Math.max(1, Math.ceil(waitS))} s`;
  return `Too many tries. Wait ${wait} and try again.`;
}

/** Hands a form to the sign-in service as its own page would, and gives the browser the cookies it answers. */
export async function passOn(event: RequestEvent, path: string, body: object): Promise<Response> {
  const headers = new Headers({ 'content-type': 'application/json', origin: event.url.origin });
  for (const name of ['cookie', 'user-agent']) {
    const value = event.request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  const answer = await event.locals.app.auth(
    new Request(new URL(path, event.url), { method: 'POST', headers, body: JSON.stringify(body) }),
    event.getClientAddress(),
  );
  for (const line of answer.headers.getSetCookie()) setCookie(event, line);
  return answer;
}

const sameSites = ['lax', 'strict', 'none'] as const;

function setCookie(event: RequestEvent, line: string): void {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
  const at = pair.indexOf('=');
  const named = new Map(
    attributes.map((attribute) => {
      const [name = '', value = ''] = attribute.split('=');
      return [name.toLowerCase(), value] as const;
    }),
  );
  const maxAge = named.get('max-age');
  event.cookies.set(pair.slice(0, at), pair.slice(at + 1), {
    path: named.get('path') ?? '/',
    httpOnly: named.has('httponly'),
    secure: named.has('secure'),
    sameSite: sameSites.find((one) => one === named.get('samesite')?.toLowerCase()) ?? 'lax',
    ...(maxAge === undefined ? {} : { maxAge: Number(maxAge) }),
    // The value is already encoded as the service wants it back.
    encode: (value) => value,
  });
}

export function refusal(status: number, code: string, message: string): Response {
  return Response.json({ code, message }, { status });
}

export function tooMany(waitS: number): Response {
  return Response.json(
    { code: 'TOO_MANY_REQUESTS', message: 'Too many attempts. Please try again later.' },
    { status: 429, headers: { 'retry-after': String(waitS) } },
  );
}

/** The library says it by a header of its own. */
export function withRetryAfter(response: Response): Response {
  const wait = response.headers.get('x-retry-after');
  if (response.status !== 429 || wait === null) return response;
  const headers = new Headers(response.headers);
  headers.set('retry-after', wait);
  return new Response(response.body, { status: 429, headers });
}

/** What the library answers besides tells the session's token, which the cookie keeps from scripts. */
export async function withoutToken(response: Response): Promise<Response> {
  if (!response.ok) return response;
  const body: unknown = await response.json().catch(() => null);
  const challenged = typeof body === 'object' && body !== null && 'twoFactorRedirect' in body;
  const headers = new Headers(response.headers);
  headers.delete('content-length');
  return Response.json({ next: challenged ? 'code' : null }, { status: response.status, headers });
}

/** A text field of a JSON body; null when the body is something else. The request can be read again. */
export async function fieldOf(request: Request, name: string): Promise<string | null> {
  try {
    const body: unknown = await request.clone().json();
    const value: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, name) : null;
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}

/** The same request with a body of exactly these fields. */
export function withBody(request: Request, body: object): Request {
  const headers = new Headers(request.headers);
  headers.delete('content-length');
  headers.set('content-type', 'application/json');
  return new Request(request.url, { method: 'POST', headers, body: JSON.stringify(body) });
}

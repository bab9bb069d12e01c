import type { IncomingMessage, ServerResponse } from 'node:http';

/** What a browser may do with our answers, whoever answers; pages say more of it themselves. */
export function securityHeaders(origin: string): Readonly<Record<string, string>> {
  return {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy':
      'accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), ' +
      'magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-create=(self), ' +
      'publickey-credentials-get=(self), screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()',
    // An answer that is no page runs nothing, should a browser be led to show it as one.
    'content-security-policy':
      "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    // Two years, as preload lists ask; only said where it can be kept.
    ...(origin.startsWith('https://') && {
      'strict-transport-security': 'max-age=63072000; includeSubDomains',
    }),
  };
}

/** Sets them all; whatever answers may still say otherwise. */
export function setSecurityHeaders(
  response: ServerResponse,
  headers: Readonly<Record<string, string>>,
): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}

const assertionPath = '/api/auth/sso/saml2/sp/acs/';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * True for a change that a page of another origin asks for with our cookie: a forged one. Without the cookie there is
 * nobody whose rights it could use, so programs and vendors, who bring none, pass.
 */
export function isForged(
  { method = 'GET', url = '/', headers }: IncomingMessage,
  origins: readonly string[],
): boolean {
  // An identity provider's page posts its assertion there: signed, for one request of ours, whoever brings it.
  if (url.startsWith(assertionPath)) return false;
  if (safeMethods.has(method) || !/(?:^|[\s;-])plumbline\./.test(headers.cookie ?? '')) return false;
  if (headers.origin !== undefined) return !origins.includes(headers.origin);
  return headers['sec-fetch-site'] !== undefined && headers['sec-fetch-site'] !== 'same-origin';
}

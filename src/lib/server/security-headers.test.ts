import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { isForged, securityHeaders } from './security-headers.ts';

const ours = 'https://app.example.com';
const asked = (method: string, headers: Record<string, string>) =>
  isForged({ method, headers } as IncomingMessage, [ours]);
const cookie = '__Host-plumbline.session_token=abc';

describe('a change asked for with our cookie', () => {
  it.each([
    ['another site', { origin: 'https://evil.example' }],
    ['a sister host', { origin: 'https://other.example.com' }],
    ['the same host on another port', { origin: 'https://app.example.com:8443' }],
    ['the same host without TLS', { origin: 'http://app.example.com' }],
    ['a page without an origin', { origin: 'null' }],
    ['another site that hides its origin', { 'sec-fetch-site': 'cross-site' }],
    ['a sister host that hides it', { 'sec-fetch-site': 'same-site' }],
  ])('from %s is forged', (_who, headers) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      expect(asked(method, { cookie, ...headers })).toBe(true);
      expect(asked(method, { cookie: 'theme=dark; plumbline.session_token=abc', ...headers })).toBe(true);
    }
  });

  it('from an identity provider is not, where assertions go', () => {
    const headers = { cookie, origin: 'https://sso.example.com' };
    const at = (url: string) => isForged({ method: 'POST', url, headers } as IncomingMessage, [ours]);
    expect(at('/api/auth/sso/saml2/sp/acs/ten_a.idp_b')).toBe(false);
    expect(at('/api/auth/sign-out')).toBe(true);
  });

  it('from our own pages is not; nor is reading, nor a request without the cookie', () => {
    expect(asked('POST', { cookie, origin: ours })).toBe(false);
    expect(asked('POST', { cookie, 'sec-fetch-site': 'same-origin' })).toBe(false);
    expect(asked('GET', { cookie, origin: 'https://evil.example' })).toBe(false);
    expect(asked('POST', { origin: 'https://evil.example' })).toBe(false);
    expect(asked('POST', { cookie: 'theme=dark', origin: 'https://evil.example' })).toBe(false);
  });
});

it('promises TLS only where it is kept', () => {
  expect(securityHeaders(ours)['strict-transport-security']).toContain('max-age=63072000');
  expect(securityHeaders('http://localhost:3000')).not.toHaveProperty('strict-transport-security');
  expect(securityHeaders(ours)['content-security-policy']).toContain("frame-ancestors 'none'");
});

import type { FactorChange } from './events.ts';
import { answerCode } from './door-code.ts';
import { answerPassword, confirmPassword } from './door-password.ts';
import { answerPasskey } from './door-passkey.ts';
import { answerSso } from './door-sso.ts';
import type { Asked, DoorParts } from './door-parts.ts';
import { clientIpHeader } from './options.ts';
import { fieldOf, refusal, withBody, withRetryAfter, withoutToken } from './replies.ts';

/**
 * What is done with a path of the sign-in service. Every path that is not named is answered with 404, whatever the library
 * would do with it.
 */
type Rule =
  /** The library alone decides. */
  | { readonly do: 'pass' }
  | { readonly do: 'password' | 'code' | 'passkey' | 'confirm' | 'sso' }
  /** Changes how the person signs in: only after they showed who they are, and not by another company's word. */
  | { readonly do: 'change'; readonly needs: 'fresh' | 'confirmed'; readonly change: FactorChange | null };

const rules: Readonly<Record<string, Rule>> = {
  'POST /sign-in/email': { do: 'password' },
  'POST /sign-in/sso': { do: 'sso' },
  'POST /sign-out': { do: 'pass' },
  'POST /confirm-password': { do: 'confirm' },
  'POST /change-password': { do: 'change', needs: 'confirmed', change: 'password-change' },
  'POST /two-factor/verify-totp': { do: 'code' },
  'POST /two-factor/verify-backup-code': { do: 'code' },
  'POST /two-factor/enable': { do: 'change', needs: 'confirmed', change: null },
  'POST /two-factor/disable': { do: 'change', needs: 'fresh', change: 'totp-remove' },
  'POST /two-factor/generate-backup-codes': { do: 'change', needs: 'fresh', change: 'recovery-codes-make' },
  'GET /passkey/generate-register-options': { do: 'change', needs: 'confirmed', change: null },
  'POST /passkey/verify-registration': { do: 'change', needs: 'confirmed', change: 'passkey-add' },
  'POST /passkey/delete-passkey': { do: 'change', needs: 'fresh', change: 'passkey-remove' },
  'GET /passkey/generate-authenticate-options': { do: 'pass' },
  'POST /passkey/verify-authentication': { do: 'passkey' },
};

/** Where identity providers send people back; the key of the provider is in the address. */
const returns = [/^GET \/sso\/callback\/[\w.]+$/, /^POST \/sso\/saml2\/sp\/acs\/[\w.]+$/];

const base = '/api/auth';

const passed: Rule = { do: 'pass' };

/** Answers `/api/auth/*`. `ip` is the client's address as the server knows it. */
export async function answer(request: Request, ip: string | null, parts: DoorParts): Promise<Response> {
  const path = new URL(request.url).pathname.slice(base.length);
  const asks = `${request.method} ${path}`;
  const rule = rules[asks] ?? (returns.some((one) => one.test(asks)) ? passed : undefined);
  if (rule === undefined) return refusal(404, 'request.unknown', 'There is no such address.');
  const trusted = withClientIp(request, ip);
  const asked: Asked = { request: trusted, path, ip, agent: request.headers.get('user-agent') };
  return withRetryAfter(await follow(rule, asked, parts));
}

async function follow(rule: Rule, asked: Asked, parts: DoorParts): Promise<Response> {
  switch (rule.do) {
    case 'pass':
      return parts.library(asked.request);
    case 'password':
      return withoutToken(await answerPassword(asked, parts));
    case 'code':
      return withoutToken(await answerCode(asked, parts));
    case 'passkey':
      return withoutToken(await answerPasskey(asked, parts));
    case 'sso':
      return answerSso(asked, parts);
    case 'confirm':
      return confirmPassword(asked, parts);
    case 'change':
      return answerChange(rule, asked, parts);
  }
}

async function answerChange(
  rule: Extract<Rule, { do: 'change' }>,
  asked: Asked,
  parts: DoorParts,
): Promise<Response> {
  const session = await parts.sessionOf(asked.request.headers);
  if (session === null) return refusal(401, 'session.missing', 'You are signed out. Sign in to go on.');
  const { sessionId, user, boundTenantId } = session;
  if (boundTenantId !== null && (await parts.belongsElsewhere(user.id, boundTenantId))) {
    return refusal(
      403,
      'identity.account_not_owned',
      'You came in by the identity provider of one company, and the account belongs to others too. Sign in by your own password or passkey to change how the account signs in.',
    );
  }
  const stale = await parts.proofFault(rule.needs, session);
  if (stale !== null) return refusal(403, stale.code, stale.detail);
  const fault = await parts.newPasswordFault(asked, session);
  if (fault !== null) return refusal(422, 'identity.password_weak', fault);
  const response = await parts.library(await asLibraryTakes(asked));
  if (!response.ok || rule.change === null) return response;
  if (rule.change === 'passkey-add') await parts.freshness.record(sessionId, 'passkey');
  if (rule.change === 'password-change') await parts.endOtherSessions(user.id, sessionId);
  await parts.tell({
    kind: 'factor',
    change: rule.change,
    sessionId,
    userId: user.id,
    ip: asked.ip,
    agent: asked.agent,
  });
  return rule.change === 'recovery-codes-make' ? response : withoutToken(response);
}

/** A new password comes alone: other sessions end below, and this one stays as it is. */
async function asLibraryTakes({ request, path }: Asked): Promise<Request> {
  if (path !== '/change-password') return request;
  const [currentPassword, newPassword] = [
    await fieldOf(request, 'currentPassword'),
    await fieldOf(request, 'newPassword'),
  ];
  return withBody(request, { currentPassword, newPassword });
}

/** The address comes from the server alone; what a client says about it is dropped. */
function withClientIp(request: Request, ip: string | null): Request {
  const headers = new Headers(request.headers);
  headers.delete(clientIpHeader);
  if (ip !== null) headers.set(clientIpHeader, ip);
  return new Request(request, { headers });
}

import { randomUUID } from 'node:crypto';
import type { BetterAuthOptions } from 'better-auth';
import type { Ids } from '#platform/ids';
import type { Log } from '#platform/log';
import type { Postgres } from '#platform/postgres';
import { ssoPlugin, type Arrived } from '../sso/plugin.ts';
import type { Passwords } from './passwords.ts';
import { passkeyPlugin, totpPlugin } from './plugins.ts';

/** The header by which `handler` hands over the client's address; the same header from outside is dropped. */
export const clientIpHeader = 'x-plumbline-client-ip';

/** A session ends this long after sign-in at the latest; roles may end it sooner when it is idle. */
const sessionMaxAgeS = 24 * 60 * 60;
/** Use of a session is written down at most this often. */
export const sessionTouchS = 60;

export const passwordLength = { min: 12, max: 128 } as const;

export interface AuthParts {
  readonly postgres: Postgres;
  readonly secret: string;
  readonly origins: readonly [string, ...string[]];
  readonly ids: Ids;
  readonly log: Log;
  readonly passwords: Pick<Passwords, 'hash' | 'verify'>;
  /** Somebody came in by an identity provider. */
  readonly arrived: Arrived;
  /** Origins of identity providers in the own network; others are asked only at public addresses. */
  readonly privateIdentityProviders: readonly string[];
}

/**
 * Everything that better-auth is told. Table and column names are those of migrations 0021 and 0100. What of its paths is
 * answered says door.ts.
 */
export function authOptions(parts: AuthParts) {
  const secure = parts.origins[0].startsWith('https://');
  const { postgres, secret, origins, ids, log, passwords, arrived, privateIdentityProviders } = parts;
  return {
    appName: 'Plumbline',
    baseURL: origins[0],
    basePath: '/api/auth',
    secret,
    trustedOrigins: [...origins, ...privateIdentityProviders],
    telemetry: { enabled: false },
    database: { db: postgres.kysely, type: 'postgres', transaction: true },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: passwordLength.min,
      maxPasswordLength: passwordLength.max,
      password: { hash: (password) => passwords.hash(password), verify: (given) => passwords.verify(given) },
    },
    plugins: [totpPlugin(), passkeyPlugin(origins[0]), ssoPlugin(arrived)],
    rateLimit: rateLimit(),
    advanced: {
      // `__Host-`: set by this very host over TLS, for all of it and for no other; a sister host cannot plant one.
      cookiePrefix: secure ? '__Host-plumbline' : 'plumbline',
      // Said outright: left unset, the library turns both off when it believes that it runs under a test.
      disableOriginCheck: false,
      disableCSRFCheck: false,
      // The library's own prefix is the weaker `__Secure-`.
      useSecureCookies: false,
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', path: '/', secure },
      ipAddress: { ipAddressHeaders: [clientIpHeader] },
      database: { generateId: ({ model }) => (model === 'user' ? ids.next('user') : randomUUID()) },
    },
    logger: {
      // The message may quote input; only that something was said is kept, at its level.
      log: (level, message) => {
        if (level === 'error')
          log.error(
            { component: 'better-auth', err: new Error(message) },
            'sign-in library reports an error',
          );
        else log.debug({ component: 'better-auth' }, 'sign-in library reports');
      },
    },
    ...tables(),
  } satisfies BetterAuthOptions;
}

/** Per client address; per account see sign-in-limit.ts. */
function rateLimit() {
  return {
    enabled: true,
    storage: 'database',
    window: 60,
    max: 120,
    customRules: {
      // A whole shift may sign in behind one address.
      '/sign-in/email': { window: 60, max: 60 },
      '/change-password': { window: 60, max: 5 },
      '/two-factor/*': { window: 60, max: 30 },
      '/passkey/*': { window: 60, max: 60 },
      '/sign-in/sso': { window: 60, max: 30 },
      // Read at every page and by every socket; it guards nothing that can be guessed.
      '/get-session': false,
    },
    modelName: 'auth_rate_limits',
    fields: { lastRequest: 'last_request' },
  } satisfies BetterAuthOptions['rateLimit'];
}

function tables() {
  return {
    user: {
      modelName: 'auth_users',
      fields: { emailVerified: 'email_verified', createdAt: 'created_at', updatedAt: 'updated_at' },
    },
    session: {
      modelName: 'auth_sessions',
      fields: {
        expiresAt: 'expires_at',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
        userId: 'user_id',
      },
      expiresIn: sessionMaxAgeS,
      updateAge: sessionTouchS,
      // Whether it was shown lately who somebody is says fresh.ts, not the age of the session.
      freshAge: 0,
      additionalFields: {
        signedInBy: { type: 'string', required: false, input: false, fieldName: 'signed_in_by' },
        confirmedAt: { type: 'date', required: false, input: false, fieldName: 'confirmed_at' },
        provedAt: { type: 'date', required: false, input: false, fieldName: 'proved_at' },
        provedBy: { type: 'string', required: false, input: false, fieldName: 'proved_by' },
        boundTenantId: { type: 'string', required: false, input: false, fieldName: 'bound_tenant_id' },
      },
      cookieCache: { enabled: false },
    },
    account: {
      modelName: 'auth_accounts',
      fields: {
        accountId: 'account_id',
        providerId: 'provider_id',
        userId: 'user_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
    },
    verification: {
      modelName: 'auth_verifications',
      fields: { expiresAt: 'expires_at', createdAt: 'created_at', updatedAt: 'updated_at' },
    },
  } satisfies Pick<BetterAuthOptions, 'user' | 'session' | 'account' | 'verification'>;
}

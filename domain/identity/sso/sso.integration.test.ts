import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TenantId } from '#contracts/ids';
import { createAudit, systemContext, type ActContext } from '#domain/audit';
import { createFrozenClock, systemClock } from '#platform/clock';
import { randomIds } from '#platform/ids';
import { createTemporaryKeys } from '#platform/keys';
import { createSilentLog } from '#platform/log';
import { createOutgoing } from '#platform/outgoing';
import type { Postgres } from '#platform/postgres';
import { openTestDatabase } from '../../../tests/support/database.ts';
import { openOidcProvider, openSamlProvider } from '../../../tests/support/identity-providers.ts';
import { createAuth, type Auth } from '../auth/create-auth.ts';
import type { SessionEvent } from '../auth/events.ts';
import { authorize } from '../authorize.ts';
import type { Scope } from '../scope.ts';
import { createIdentity, type Identity } from '../service.ts';
import { createSessions } from '../sessions.ts';
import { createSingleSignOn, type NewProvider, type ShownProvider, type SingleSignOn } from './service.ts';

const origin = 'http://localhost:3000';
const password = 'correct horse battery';
const system = systemContext('test');
const clock = createFrozenClock(systemClock.now());
const audit = createAudit({ clock, ids: randomIds, keys: createTemporaryKeys(clock) });
const client = { id: 'plumbline', secret: 'a secret between two servers' };
const records = new Map<string, readonly string[]>();

let postgres: Postgres;
let auth: Auth;
let identity: Identity;
let sso: SingleSignOn;
let oidc: Awaited<ReturnType<typeof openOidcProvider>>;
let saml: Awaited<ReturnType<typeof openSamlProvider>>;
let count = 0;

beforeAll(async () => {
  postgres = await openTestDatabase();
  oidc = await openOidcProvider(client);
  saml = await openSamlProvider();
  const trustedOrigins = [oidc.origin, saml.origin];
  const own = { postgres, clock, ids: randomIds };
  identity = createIdentity({ ...own, audit });
  sso = createSingleSignOn({
    ...own,
    audit,
    origin,
    outgoing: createOutgoing({ trustedOrigins }),
    resolveTxt: (name) => Promise.resolve(records.get(name) ?? []),
  });
  const log = createSilentLog();
  const secret = 'a'.repeat(40);
  auth = createAuth({
    ...own,
    secret,
    origins: [origin],
    log,
    sso,
    privateIdentityProviders: trustedOrigins,
    factorRule: 'asked',
  });
});
afterAll(async () => {
  await oidc.close();
  await saml.close();
  await postgres.close();
});
beforeEach(async () => {
  await postgres.pool.query('delete from auth_rate_limits');
});

interface Office {
  readonly tenantId: TenantId;
  readonly scope: Scope;
  readonly context: ActContext;
  readonly domain: string;
}

async function office(): Promise<Office> {
  count += 1;
  const tenantId = await identity.createTenant(
    { kind: 'service', name: `Haul ${count}`, zone: 'UTC' },
    system,
  );
  const user = { name: 'Ann', email: `ann@admin${count}.example` };
  const id = await auth.createUser({ ...user, password });
  await identity.grantMembership({ tenantId, userId: id, role: 'CompanyAdmin' }, system);
  const viewer = await identity.viewer({ ...user, id }, tenantId);
  if (viewer === null) throw new Error('no viewer');
  const context: ActContext = { ...system, actor: { type: 'user', id, name: 'Ann' } };
  const scope = authorize(viewer, 'view', 'administration');
  return { tenantId, scope, context, domain: `haul${count}.example` };
}

const byOidc = (more: Partial<NewProvider> = {}): NewProvider =>
  ({
    kind: 'oidc',
    name: 'Entra',
    issuer: oidc.origin,
    clientId: client.id,
    clientSecret: client.secret,
    domain: 'x.example',
    defaultRole: 'ReadOnlyAuditor',
    ...more,
  }) as NewProvider;

const bySaml = (domain: string): NewProvider => ({
  kind: 'saml',
  name: 'Okta',
  issuer: saml.entityId,
  entryPoint: saml.entryPoint,
  certificate: saml.certificate,
  domain,
  defaultRole: 'ReadOnlyAuditor',
});

async function verified({ scope, context }: Office, wanted: NewProvider): Promise<ShownProvider> {
  const provider = await sso.register(scope, wanted, context);
  records.set(provider.recordName, ['v=spf1 -all', provider.domainProof]);
  await sso.verifyDomain(scope, provider.id, context);
  if (wanted.kind === 'oidc') oidc.allow(provider.returnAddress);
  else saml.serve({ audience: origin, returnAddress: provider.returnAddress });
  return provider;
}

/** A browser without pictures: cookies by origin, forms filled as a person would, redirects followed. */
function browser() {
  const jars = new Map<string, Map<string, string>>();
  async function ask(
    url: URL,
    init: { method?: string; body?: URLSearchParams | string; json?: boolean } = {},
  ) {
    const jar = jars.get(url.origin) ?? new Map<string, string>();
    jars.set(url.origin, jar);
    const headers = new Headers({ cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') });
    if (init.body !== undefined)
      headers.set('content-type', init.json ? 'application/json' : 'application/x-www-form-urlencoded');
    if (init.json) headers.set('origin', origin);
    const request = new Request(url, {
      method: init.method ?? 'GET',
      headers,
      redirect: 'manual',
      ...(init.body === undefined ? {} : { body: String(init.body) }),
    });
    const response = url.origin === origin ? await auth.handler(request, '192.0.2.1') : await fetch(request);
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  }

  /** Goes on until a page of our own that is not the service's. @returns its address. */
  async function walk(from: URL, email: string): Promise<URL> {
    let url = from;
    let response = await ask(url);
    for (let steps = 0; steps < 20; steps += 1) {
      const location = response.headers.get('location');
      if (location !== null) {
        url = new URL(location, url);
        if (url.origin === origin && !url.pathname.startsWith('/api/auth/')) return url;
        response = await ask(url);
        continue;
      }
      const html = await response.text();
      const action = /action="([^"]+)"/.exec(html)?.[1];
      if (action === undefined)
        throw new Error(`stuck at ${url.href} ${response.status}: ${html.slice(0, 300)}`);
      const hidden = [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
      const body = new URLSearchParams(
        hidden.map(([, name = '', value = '']): [string, string] => [name, value]),
      );
      if (html.includes('name="login"')) body.set('login', email);
      if (html.includes('name="password"')) body.set('password', 'any');
      if (html.includes('name="email"')) body.set('email', email);
      url = new URL(action, url);
      response = await ask(url, { method: 'POST', body });
    }
    throw new Error('too many steps');
  }

  return {
    headers: () =>
      new Headers({
        cookie: [...(jars.get(origin) ?? [])].map(([name, value]) => `${name}=${value}`).join('; '),
      }),
    begin: (email: string, to = '/board') =>
      ask(new URL('/api/auth/sign-in/sso', origin), {
        method: 'POST',
        json: true,
        body: JSON.stringify({ email, to, providerId: 'of the asker', callbackURL: 'https://evil.example' }),
      }),
    /** From the address at our page to the address where it ends; `as`: what is entered at the provider. */
    signIn: async (email: string, as = email): Promise<URL> => {
      const begun = await ask(new URL('/api/auth/sign-in/sso', origin), {
        method: 'POST',
        json: true,
        body: JSON.stringify({ email, to: '/board' }),
      });
      const { url } = (await begun.json()) as { url: string };
      return walk(new URL(url), as);
    },
  };
}

async function viewerOf(at: ReturnType<typeof browser>, wanted = '') {
  const headers = at.headers();
  headers.set('cookie', `${headers.get('cookie') ?? ''}; plumbline.tenant=${wanted}`);
  const sessions = createSessions({ auth, identity, clock, keepMs: 0 });
  return (await sessions.resolve(headers))?.viewer ?? null;
}

/** How sessions began, by the log of a company. */
const logged = async (tenantId: TenantId) => {
  const page = await postgres.asTenant(tenantId, (tx) =>
    audit.list(tx, { act: 'identity:session:start' }, { limit: 10 }),
  );
  return page.entries.map(({ after }) => after);
};

describe.each(['oidc', 'saml'] as const)('single sign-on by %s', (kind) => {
  const wantedOf = (domain: string) => (kind === 'oidc' ? byOidc({ domain }) : bySaml(domain));

  it('makes the account of who comes first, with the role that the company chose, and knows them again', async () => {
    const at = await office();
    await verified(at, wantedOf(at.domain));
    const email = `noa@${at.domain}`;
    const first = browser();
    expect((await first.signIn(email)).href).toBe(`${origin}/board`);
    const viewer = await viewerOf(first);
    expect(viewer).toMatchObject({
      user: { email },
      membership: { tenantId: at.tenantId, role: 'ReadOnlyAuditor' },
      boundTenantId: at.tenantId,
    });
    expect(await auth.session(first.headers())).toMatchObject({ method: 'sso', provedBy: null });
    const second = browser();
    await second.signIn(email);
    expect((await viewerOf(second))?.user.id).toBe(viewer?.user.id);
  });

  it('opens no account of another domain, whatever the provider says', async () => {
    const [at, other] = [await office(), await office()];
    await verified(at, wantedOf(at.domain));
    const victim = `vic@${other.domain}`;
    const id = await auth.createUser({ name: 'Vic', email: victim, password });
    await identity.grantMembership({ tenantId: other.tenantId, userId: id, role: 'DER' }, system);
    for (const as of [victim, `new@${other.domain}`, `x@evil.${at.domain}`, `x@${at.domain}.evil.example`]) {
      const thief = browser();
      const end = await thief.signIn(`noa@${at.domain}`, as);
      expect([end.pathname, await viewerOf(thief)]).toEqual(['/sign-in', null]);
    }
  });

  it('reaches this company alone, also for somebody who belongs to others', async () => {
    const [at, other] = [await office(), await office()];
    const email = `mia@${at.domain}`;
    const id = await auth.createUser({ name: 'Mia', email, password });
    await identity.grantMembership({ tenantId: other.tenantId, userId: id, role: 'DER' }, system);
    await verified(at, wantedOf(at.domain));
    const mia = browser();
    const heard: SessionEvent[] = [];
    const stop = auth.onSession((event) => void heard.push(event));
    await mia.signIn(email);
    stop();
    for (const event of heard) await identity.recordSession(event);
    expect(await logged(at.tenantId)).toMatchObject([{ by: 'sso' }]);
    expect(await logged(other.tenantId)).toEqual([]);
    const viewer = await viewerOf(mia, other.tenantId);
    expect(viewer).toMatchObject({ user: { id }, actingTenantId: at.tenantId });
    expect(viewer && (await identity.tenantsOf(viewer)).map((tenant) => tenant.id)).toEqual([at.tenantId]);
    const request = new Request(`${origin}/api/auth/passkey/generate-register-options`, {
      headers: mia.headers(),
    });
    const refused = await auth.handler(request, null);
    expect([refused.status, await refused.json()]).toMatchObject([
      403,
      { code: 'identity.account_not_owned' },
    ]);
  });

  it('gives a place that was taken away to nobody again', async () => {
    const at = await office();
    await verified(at, wantedOf(at.domain));
    const email = `gone@${at.domain}`;
    const first = browser();
    await first.signIn(email);
    const userId = (await viewerOf(first))?.user.id;
    if (userId === undefined) throw new Error('not signed in');
    await identity.revokeMembership(at.tenantId, userId, system);
    const again = browser();
    await again.signIn(email);
    expect(await viewerOf(again)).toBeNull();
  });
});

describe('a provider', () => {
  it('signs nobody in before its domain was shown, and a domain is one company’s', async () => {
    const [at, other] = [await office(), await office()];
    const provider = await sso.register(at.scope, byOidc({ domain: at.domain }), at.context);
    expect((await browser().begin(`noa@${at.domain}`)).status).toBe(404);
    const wrong = { code: 'identity.domain_not_shown' };
    await expect(sso.verifyDomain(at.scope, provider.id, at.context)).rejects.toMatchObject(wrong);
    await verified(other, byOidc({ domain: at.domain }));
    records.set(provider.recordName, [provider.domainProof]);
    await expect(sso.verifyDomain(at.scope, provider.id, at.context)).rejects.toMatchObject({
      code: 'identity.domain_taken',
    });
  });

  it('is asked for what the company set up, and leads back to our own pages', async () => {
    const at = await office();
    const provider = await verified(at, byOidc({ domain: at.domain }));
    const begun = await browser().begin(`noa@${at.domain}`, 'https://evil.example');
    const { url } = (await begun.json()) as { url: string };
    const address = new URL(url);
    expect([address.origin, address.searchParams.get('redirect_uri')]).toEqual([
      oidc.origin,
      provider.returnAddress,
    ]);
    expect(address.searchParams.get('code_challenge_method')).toBe('S256');
    await sso.remove(at.scope, provider.id, at.context);
    expect((await browser().begin(`noa@${at.domain}`)).status).toBe(404);
  });

  it('of another company is not to be seen, shown or removed', async () => {
    const [at, other] = [await office(), await office()];
    const { id } = await sso.register(at.scope, byOidc({ domain: at.domain }), at.context);
    expect(await sso.list(other.scope)).toEqual([]);
    const missing = { code: 'identity.provider_not_found' };
    await expect(sso.verifyDomain(other.scope, id, other.context)).rejects.toMatchObject(missing);
    await expect(sso.remove(other.scope, id, other.context)).rejects.toMatchObject(missing);
  });

  it.each<[string, Partial<NewProvider>, string]>([
    ['gives roles that approve', { defaultRole: 'CompanyAdmin' }, 'identity.second_person_needed'],
    ['has no domain', { domain: 'not a domain' }, 'identity.domain_invalid'],
    ['is not there', { issuer: 'http://127.0.0.1:1' }, 'identity.provider_not_readable'],
    ['is inside', { issuer: 'https://169.254.169.254' }, 'identity.provider_not_readable'],
  ])('that %s is refused', async (_what, more, code) => {
    const at = await office();
    await expect(sso.register(at.scope, byOidc(more), at.context)).rejects.toMatchObject({ code });
  });

  it('whose assertions another key signed is not believed', async () => {
    const at = await office();
    await verified(at, bySaml(at.domain));
    await saml.signWithAnotherKey();
    const thief = browser();
    const end = await thief.signIn(`noa@${at.domain}`).catch(() => null);
    expect(end?.pathname ?? '/sign-in').toBe('/sign-in');
    expect(await viewerOf(thief)).toBeNull();
  });
});

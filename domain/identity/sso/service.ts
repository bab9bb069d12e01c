import { randomBytes } from 'node:crypto';
import { domainToASCII } from 'node:url';
import type { Id, TenantId } from '#contracts/ids';
import type { Role } from '#contracts/roles';
import { systemContext, type ActContext, type Audit } from '#domain/audit';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import type { Ids } from '#platform/ids';
import type { Outgoing } from '#platform/outgoing';
import type { Postgres, Tx } from '#platform/postgres';
import { can } from '../authorize.ts';
import { getTenant, grantMembership, requirePortal } from '../grants.ts';
import { findGrant } from '../memberships.postgres.ts';
import { isPrivileged } from '../permissions.ts';
import type { Scope } from '../scope.ts';
import { discoverOidc } from './discover.ts';
import type { Arrived } from './plugin.ts';
import { providerKey, readProviderKey } from './provider-key.ts';
import { acsAddress, readCertificate } from './saml.ts';
import {
  deleteProvider,
  findProvider,
  findProviderOfDomain,
  insertArrival,
  insertProvider,
  listProviders,
  markVerified,
  type IdentityProvider,
  type ProviderConfigs,
} from './store.postgres.ts';

interface NewProviderBase {
  readonly name: string;
  /** Whose addresses sign in by it, e.g. `haul.example`. */
  readonly domain: string;
  /** Of those who come for the first time; none that may approve. */
  readonly defaultRole: Role;
}

export type NewProvider = NewProviderBase &
  (
    | {
        readonly kind: 'oidc';
        readonly issuer: string;
        readonly clientId: string;
        readonly clientSecret: string;
      }
    | {
        readonly kind: 'saml';
        /** Entity id of the identity provider. */
        readonly issuer: string;
        readonly entryPoint: string;
        /** Its signing certificate, PEM. */
        readonly certificate: string;
      }
  );

/** A provider with what its administrator must enter at the other side. */
export interface ShownProvider extends IdentityProvider {
  /** Where the provider sends people back: redirect address (OIDC) or assertion consumer service (SAML). */
  readonly returnAddress: string;
  /** Name of the DNS record, type TXT, that shows the domain to be the company's; its value is `domainProof`. */
  readonly recordName: string;
}

/**
 * Single sign-on of a company. Who sets it up needs the right to change Administration. A provider signs nobody in until its
 * domain was shown to be the company's own, and then only addresses of that domain, into that company alone.
 */
export interface SingleSignOn {
  /**
   * Throws `identity.sso_not_permitted`, `identity.provider_not_readable`, `identity.certificate_invalid`,
   * `identity.domain_invalid`, `identity.role_not_for_portal`, `identity.second_person_needed`.
   */
  register(scope: Scope, wanted: NewProvider, context: ActContext): Promise<ShownProvider>;
  list(scope: Scope): Promise<ShownProvider[]>;
  /** Looks the record up. Throws `identity.domain_not_shown`, `identity.domain_taken`, `identity.provider_not_found`. */
  verifyDomain(scope: Scope, id: Id<'identityProvider'>, context: ActContext): Promise<void>;
  remove(scope: Scope, id: Id<'identityProvider'>, context: ActContext): Promise<void>;
  /** The key of the provider that signs in an address; null = there is none. */
  providerOf(email: string): Promise<string | null>;
  /** Gives a place to who came for the first time. */
  readonly arrived: Arrived;
}

export interface SingleSignOnDeps {
  readonly postgres: Postgres;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly audit: Audit;
  readonly outgoing: Outgoing;
  /** TXT records of a name, each joined; rejects or answers none when there are none. */
  readonly resolveTxt: (name: string) => Promise<readonly string[]>;
  /** Where browsers reach the app. */
  readonly origin: string;
}

export function createSingleSignOn(deps: SingleSignOnDeps): SingleSignOn {
  const { postgres, clock } = deps;
  return {
    register: (scope, wanted, context) => register(deps, scope, wanted, context),
    list: async (scope) => {
      requireSettingUp(scope);
      const providers = await postgres.asTenant(scope.tenantId, listProviders);
      return providers.map((provider) => shown(deps, provider));
    },
    verifyDomain: async (scope, id, context) => {
      requireSettingUp(scope);
      const found = await postgres.asSystem((tx) => take(tx, scope.tenantId, id));
      // Outside the transaction: a name server may be slow.
      const records = await deps.resolveTxt(recordName(found.domain)).catch((): readonly string[] => []);
      if (!records.includes(found.domainProof)) throw notShown(found);
      await postgres.asSystem(async (tx) => {
        const provider = await take(tx, scope.tenantId, id);
        await markVerified(tx, provider, clock.now());
        await record(deps, tx, 'verify', provider, context);
      });
    },
    remove: async (scope, id, context) => {
      requireSettingUp(scope);
      await postgres.asSystem(async (tx) => {
        const provider = await take(tx, scope.tenantId, id);
        await deleteProvider(tx, provider);
        await record(deps, tx, 'remove', provider, context);
      });
    },
    providerOf: async (email) => {
      const domain = email.trim().toLowerCase().split('@')[1] ?? '';
      const found = await postgres.asSystem((tx) => findProviderOfDomain(tx, domain));
      return found === null ? null : providerKey(found.tenantId, found.id);
    },
    arrived: (arrival) => postgres.asSystem((tx) => arrive(deps, tx, arrival)),
  };
}

async function register(
  deps: SingleSignOnDeps,
  scope: Scope,
  wanted: NewProvider,
  context: ActContext,
): Promise<ShownProvider> {
  requireSettingUp(scope);
  const provider: IdentityProvider = {
    tenantId: scope.tenantId,
    id: deps.ids.next('identityProvider'),
    kind: wanted.kind,
    name: wanted.name.trim(),
    issuer: wanted.issuer,
    domain: readDomain(wanted.domain),
    domainProof: `plumbline-domain=${randomBytes(24).toString('base64url')}`,
    domainVerifiedAt: null,
    defaultRole: wanted.defaultRole,
  };
  // Outside the transaction: the provider is asked what it is.
  const configs = await configsOf(deps, provider, wanted);
  await deps.postgres.asSystem(async (tx) => {
    requirePortal(wanted.defaultRole, await getTenant(tx, scope.tenantId));
    if (isPrivileged(wanted.defaultRole)) throw privileged();
    await insertProvider(tx, provider, configs, { by: scope.userId, at: deps.clock.now() });
    await record(deps, tx, 'register', provider, context);
  });
  return shown(deps, provider);
}

async function configsOf(
  deps: SingleSignOnDeps,
  provider: IdentityProvider,
  wanted: NewProvider,
): Promise<ProviderConfigs> {
  if (wanted.kind === 'saml') {
    const { issuer, entryPoint } = wanted;
    const cert = readCertificate(wanted.certificate);
    const samlConfig = {
      issuer: deps.origin,
      entryPoint,
      cert,
      audience: deps.origin,
      callbackUrl: acsAddress(deps.origin, provider),
      wantAssertionsSigned: true,
      idpMetadata: {
        entityID: issuer,
        cert,
        singleSignOnService: [
          { Binding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect', Location: entryPoint },
        ],
      },
      spMetadata: { entityID: deps.origin },
      identifierFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
      mapping: { id: 'nameID', email: 'email', name: 'displayName' },
    };
    return { oidcConfig: null, samlConfig };
  }
  const { clientId, clientSecret } = wanted;
  const endpoints = await discoverOidc(deps.outgoing, wanted.issuer);
  const scopes = ['openid', 'email', 'profile'];
  return { oidcConfig: { ...endpoints, clientId, clientSecret, pkce: true, scopes }, samlConfig: null };
}

async function arrive(deps: SingleSignOnDeps, tx: Tx, arrival: Parameters<Arrived>[0]): Promise<void> {
  const { tenantId, userId } = arrival;
  const key = readProviderKey(arrival.providerKey);
  const provider = key === null ? null : await findProvider(tx, tenantId, key.id);
  if (provider === null) return;
  if (!(await insertArrival(tx, arrival, deps.clock.now()))) return;
  if ((await findGrant(tx, tenantId, userId)) !== null) return;
  const context = systemContext(`single sign-on by ${provider.name}`);
  await grantMembership(deps, tx, { tenantId, userId, role: provider.defaultRole }, context);
}

async function take(tx: Tx, tenantId: TenantId, id: Id<'identityProvider'>): Promise<IdentityProvider> {
  const found = await findProvider(tx, tenantId, id);
  if (found !== null) return found;
  throw new PlumblineError({
    kind: 'not_found',
    code: 'identity.provider_not_found',
    detail: 'There is no such identity provider. It may have been removed.',
  });
}

const recordName = (domain: string): string => `_plumbline.${domain}`;

function shown({ origin }: SingleSignOnDeps, provider: IdentityProvider): ShownProvider {
  const returnAddress =
    provider.kind === 'saml'
      ? acsAddress(origin, provider)
      : `${origin}/api/auth/sso/callback/${providerKey(provider.tenantId, provider.id)}`;
  return { ...provider, returnAddress, recordName: recordName(provider.domain) };
}

async function record(
  { audit }: SingleSignOnDeps,
  tx: Tx,
  verb: 'register' | 'verify' | 'remove',
  { tenantId, id, kind, name, issuer, domain, defaultRole }: IdentityProvider,
  context: ActContext,
): Promise<void> {
  const subject = { type: 'identity-provider', id };
  const after = { kind, name, issuer, domain, defaultRole };
  await audit.append(tx, tenantId, [{ ...context, act: `identity:provider:${verb}`, subject, after }]);
}

function readDomain(text: string): string {
  const domain = domainToASCII(text.trim().toLowerCase());
  if (/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*$/.test(domain)) return domain;
  throw new PlumblineError({
    kind: 'invalid',
    code: 'identity.domain_invalid',
    detail: 'Write the domain of the addresses alone, e.g. haul.example.',
  });
}

function requireSettingUp(scope: Scope): void {
  if (can(scope, 'write', 'administration')) return;
  throw new PlumblineError({
    kind: 'forbidden',
    code: 'identity.sso_not_permitted',
    detail: 'Setting up single sign-on needs the right to change Administration.',
  });
}

const privileged = () =>
  new PlumblineError({
    kind: 'forbidden',
    code: 'identity.second_person_needed',
    detail: 'Who comes by single sign-on for the first time cannot get a role that may approve for others.',
  });

const notShown = ({ domain, domainProof }: IdentityProvider) =>
  new PlumblineError({
    kind: 'invalid',
    code: 'identity.domain_not_shown',
    detail: `The name servers do not answer ${domainProof} for the TXT record ${recordName(domain)}. A new record may take an hour to be seen.`,
  });

import { webcrypto } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inflateRawSync } from 'node:zlib';
import { X509CertificateGenerator } from '@peculiar/x509';
import { Provider } from 'oidc-provider';
import { IdentityProvider, SamlLib, ServiceProvider } from 'samlify';

/** A real identity provider on a port of its own. At its login form the name that is entered is the address. */
export interface TestIdentityProvider {
  readonly origin: string;
  close(): Promise<void>;
}

export interface OidcClient {
  readonly id: string;
  readonly secret: string;
}

/**
 * An OpenID provider (oidc-provider) with its own forms for login and consent. `allow` lets a client be sent back to an
 * address, which is known only after the other side was set up.
 */
export async function openOidcProvider(
  client: OidcClient,
): Promise<TestIdentityProvider & { allow(returnAddress: string): void }> {
  const returns: string[] = [];
  let answer: ReturnType<Provider['callback']> | undefined;
  const server = createServer((request, response) => void answer?.(request, response));
  const origin = await listen(server);
  const make = () => {
    const provider = new Provider(origin, {
      clients: [
        {
          client_id: client.id,
          client_secret: client.secret,
          redirect_uris: returns,
          grant_types: ['authorization_code'],
          response_types: ['code'],
        },
      ],
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
      findAccount: (_, id) => ({
        accountId: id,
        claims: () => ({ sub: id, email: id, email_verified: false, name: id.split('@')[0] }),
      }),
      cookies: { keys: ['only for a test'] },
      pkce: { required: () => true },
    });
    answer = provider.callback();
  };
  make();
  return {
    origin,
    allow: (returnAddress) => {
      returns.push(returnAddress);
      make();
    },
    close: () => close(server),
  };
}

export interface SamlParty {
  /** What the assertion is for: the service's entity id. */
  readonly audience: string;
  readonly returnAddress: string;
}

/** A SAML provider (samlify) that signs assertions and posts them by the browser. */
export async function openSamlProvider(): Promise<
  TestIdentityProvider & {
    readonly entityId: string;
    readonly entryPoint: string;
    readonly certificate: string;
    /** Whom the assertions are for. */
    serve(party: SamlParty): void;
    /** From now on assertions are signed by another key than the certificate tells. */
    signWithAnotherKey(): Promise<void>;
  }
> {
  const keys = await newKeys();
  let privateKey = keys.privateKey;
  let party: SamlParty = { audience: '', returnAddress: '' };
  const server = createServer((request, response) => {
    void answerSaml(request, origin, () => ({ ...keys, privateKey, party })).then((html) => {
      response.writeHead(html === null ? 404 : 200, { 'content-type': 'text/html' });
      response.end(html ?? '');
    });
  });
  const origin = await listen(server);
  return {
    origin,
    entityId: `${origin}/metadata`,
    entryPoint: `${origin}/sso`,
    certificate: keys.certificate,
    serve: (served) => {
      party = served;
    },
    signWithAnotherKey: async () => {
      ({ privateKey } = await newKeys());
    },
    close: () => close(server),
  };
}

interface SamlState {
  readonly certificate: string;
  readonly privateKey: string;
  readonly party: SamlParty;
}

async function answerSaml(
  request: IncomingMessage,
  origin: string,
  stateOf: () => SamlState,
): Promise<string | null> {
  const url = new URL(request.url ?? '/', origin);
  if (url.pathname === '/sso') {
    const asked = inflateRawSync(Buffer.from(url.searchParams.get('SAMLRequest') ?? '', 'base64')).toString();
    const id = /\bID="([^"]+)"/.exec(asked)?.[1] ?? '';
    const hidden = fields({ id, RelayState: url.searchParams.get('RelayState') ?? '' });
    return `<h1>Test identity provider</h1><form method="post" action="/login">${hidden}<label>Address <input name="email" required></label> <button>Sign in</button></form>`;
  }
  if (url.pathname !== '/login' || request.method !== 'POST') return null;
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const form = new URLSearchParams(Buffer.concat(chunks).toString());
  const state = stateOf();
  const response = await assertion(origin, state, form.get('id') ?? '', form.get('email') ?? '');
  const hidden = fields({ SAMLResponse: response, RelayState: form.get('RelayState') ?? '' });
  return `<form method="post" action="${state.party.returnAddress}">${hidden}<button>Go on</button></form><script>document.forms[0].submit()</script>`;
}

const fields = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${value.replaceAll('"', '&quot;')}">`)
    .join('');

const attribute = (name: string) => ({
  name,
  valueTag: name,
  nameFormat: 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic',
  valueXsiType: 'xs:string',
});

/** What stands in the assertion. */
function valuesOf(origin: string, party: SamlParty, inResponseTo: string, email: string) {
  const now = new Date();
  const soon = new Date(now.getTime() + 5 * 60_000).toISOString();
  return {
    ID: `_${webcrypto.randomUUID()}`,
    AssertionID: `_${webcrypto.randomUUID()}`,
    Destination: party.returnAddress,
    Audience: party.audience,
    EntityID: party.audience,
    SubjectRecipient: party.returnAddress,
    AssertionConsumerServiceURL: party.returnAddress,
    Issuer: `${origin}/metadata`,
    IssueInstant: now.toISOString(),
    StatusCode: 'urn:oasis:names:tc:SAML:2.0:status:Success',
    ConditionsNotBefore: now.toISOString(),
    ConditionsNotOnOrAfter: soon,
    SubjectConfirmationDataNotOnOrAfter: soon,
    NameIDFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    NameID: email,
    InResponseTo: inResponseTo,
    AuthnStatement: '',
    attrEmail: email,
    attrDisplayName: email.split('@')[0] ?? '',
  };
}

async function assertion(
  origin: string,
  { certificate, privateKey, party }: SamlState,
  inResponseTo: string,
  email: string,
): Promise<string> {
  const idp = IdentityProvider({
    entityID: `${origin}/metadata`,
    signingCert: certificate,
    privateKey,
    nameIDFormat: ['urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'],
    singleSignOnService: [
      { Binding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect', Location: `${origin}/sso` },
    ],
    loginResponseTemplate: {
      context: SamlLib.defaultLoginResponseTemplate.context,
      attributes: [attribute('email'), attribute('displayName')],
    },
  });
  const sp = ServiceProvider({
    entityID: party.audience,
    wantAssertionsSigned: true,
    assertionConsumerService: [
      { Binding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST', Location: party.returnAddress },
    ],
  });
  const values = valuesOf(origin, party, inResponseTo, email);
  const made = await idp.createLoginResponse(
    sp,
    { extract: { request: { id: inResponseTo } } },
    'post',
    { email },
    (template: string) => ({ id: values.ID, context: SamlLib.replaceTagsByValue(template, values) }),
  );
  return made.context;
}

async function newKeys(): Promise<{ certificate: string; privateKey: string }> {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    publicExponent: new Uint8Array([1, 0, 1]),
    modulusLength: 2048,
  };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=Test identity provider',
    // The library knows the browser's word for a pair of keys; Node's differs in names of later algorithms alone.
    keys: keys as never,
    signingAlgorithm: algorithm,
  });
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const lines = (der.toString('base64').match(/.{1,64}/g) ?? []).join('\n');
  return {
    certificate: certificate.toString('pem'),
    privateKey: `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`,
  };
}

/** On 127.0.0.1, which is another site than `localhost`: cookies keep apart, as they would in the world. */
async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
}

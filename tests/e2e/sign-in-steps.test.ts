import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '#platform/clock';
import { openBrowser } from '../support/browser.ts';
import { openOidcProvider, openSamlProvider } from '../support/identity-providers.ts';
import { openNameServer, type NameServer } from '../support/name-server.ts';
import { freePort, startServer, type ServerProcess } from '../support/server-process.ts';
import { totpCode } from '../support/totp.ts';

// A real installation, not a demo: whoever administers must hold a passkey.

const root = path.resolve(import.meta.dirname, '../..');
const sights = process.env['SIGHTS'];
const password = 'a kettle on the north wall';
const client = { id: 'plumbline', secret: 'a secret between two servers' };
const admin = 'ada@haul.example';
const patientMs = 30_000;

let folder: string;
let server: ServerProcess;
let browser: Browser;
let firstPassword: string;
let names: NameServer;
let oidc: Awaited<ReturnType<typeof openOidcProvider>>;
let saml: Awaited<ReturnType<typeof openSamlProvider>>;
let adminContext: BrowserContext;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-sign-in-'));
  [names, oidc, saml, browser] = [
    await openNameServer(),
    await openOidcProvider(client),
    await openSamlProvider(),
    await openBrowser(),
  ];
  const port = await freePort();
  const env = {
    PLUMBLINE_DEMO: 'false',
    AUTH_DNS_SERVER: names.address,
    AUTH_PRIVATE_IDENTITY_PROVIDERS: `${oidc.origin},${saml.origin}`,
  };
  await (await startServer({ folder, port, env })).stop();
  const tool = (...args: string[]) =>
    execFileSync(process.execPath, ['cli.ts', 'admin', ...args], {
      cwd: root,
      env: { ...process.env, ...env, PLUMBLINE_DATA: folder, LOG_LEVEL: 'error' },
      encoding: 'utf8',
    });
  const tenant =
    /ten_\w+/.exec(
      tool('create-tenant', '--kind', 'service', '--name', 'Haul', '--zone', 'America/Chicago'),
    )?.[0] ?? '';
  const made = tool(
    'create-user',
    '--tenant',
    tenant,
    '--role',
    'CompanyAdmin',
    '--name',
    'Ada Holt',
    '--email',
    admin,
  );
  firstPassword = /first password: (\S+)/.exec(made)?.[1] ?? '';
  server = await startServer({ folder, port, env });
}, 180_000);

afterAll(async () => {
  await browser.close();
  await server.stop();
  await oidc.close();
  await saml.close();
  await names.close();
  rmSync(folder, { recursive: true, force: true });
});

async function newContext(): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, permissions: [] });
  context.setDefaultTimeout(patientMs);
  return context;
}

/** A passkey of this device: Chromium's virtual authenticator, with a person who lets it check them. */
async function giveAuthenticator(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

/**
 * Where the page is after "Go on". One whose script was not awake when it was sent has been answered with a link, or has
 * lost what was typed before it woke: a person goes on as asked. @returns the host, or what the page says instead.
 */
async function hostAfterGoingOn(page: Page, email: string): Promise<string> {
  const { hostname } = new URL(page.url());
  if (hostname !== 'localhost') return hostname;
  const within = { timeout: 1000 };
  const link = page.getByRole('link', { name: 'Go there' });
  if (await link.isVisible().catch(() => false)) await link.click({ noWaitAfter: true, ...within });
  const field = page.getByLabel('Email');
  if ((await field.inputValue(within).catch(() => email)) === email) {
    return `${hostname}: ${await page
      .locator('main')
      .innerText(within)
      .catch(() => 'no page')}`;
  }
  await field.fill(email, within);
  await page.getByRole('button', { name: 'Go on' }).click({ noWaitAfter: true, ...within });
  return `${hostname}: filled in again`;
}

/** Looks at a screen: its faults for people who cannot see it, and a picture where `SIGHTS` names a folder. */
async function look(page: Page, name: string): Promise<void> {
  // Notes fade in and out: half of their colour is no fault of theirs.
  // The strip of a page that is on its way belongs to no region, and is no part of the screen that is looked at.
  await page.locator('.under-way').waitFor({ state: 'detached' });
  const { violations } = await new AxeBuilder({ page }).exclude('[data-sonner-toaster]').analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`),
    name,
  ).toEqual([]);
  if (sights === undefined) return;
  mkdirSync(sights, { recursive: true });
  await page.screenshot({ path: path.join(sights, `${name}.png`) });
}

async function signIn(page: Page, email: string, secret: string): Promise<void> {
  await page.goto(`${server.origin}/sign-in`);
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(secret);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

const home = (page: Page) => page.waitForURL((url) => url.pathname === '/');

function newestMail(): string {
  const outbox = path.join(folder, 'outbox');
  const [newest = ''] = readdirSync(outbox)
    .map((name) => path.join(outbox, name))
    .toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  // Quoted-printable: long lines are folded.
  return readFileSync(newest, 'utf8')
    .replaceAll(/=\r?\n/g, '')
    .replaceAll('=3D', '=');
}

async function failWithSight(page: Page): Promise<void> {
  onTestFinished(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    mkdirSync(path.join(root, 'test-results'), { recursive: true });
    const name = `${task.name.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 80)}.png`;
    await page.screenshot({ path: path.join(root, 'test-results', name) }).catch(() => {});
  });
}

describe('signing in to a real installation', () => {
  test('opens nothing to an administrator before there is a passkey, and then by the passkey', async () => {
    adminContext = await newContext();
    const page = await adminContext.newPage();
    await failWithSight(page);
    await giveAuthenticator(page);
    await page.goto(`${server.origin}/sign-in`);
    await look(page, '01-sign-in');
    await signIn(page, admin, firstPassword);
    await page.getByRole('heading', { name: 'Add a passkey' }).waitFor();
    await page.goto(`${server.origin}/settings`);
    await page.waitForURL(/\/sign-in\/enrol-passkey\?to=/);
    const api = await page.request.get(`${server.origin}/api/trpc/session.me`);
    expect(api.status()).toBe(401);
    await look(page, '02-enrol-passkey');
    await page.getByLabel('Name of the passkey').fill('Key on my ring');
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.waitForURL(/\/settings$/);

    await page.getByRole('button', { name: /Ada Holt/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.waitForURL(/\/sign-in/);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await home(page);

    // The password alone does not open it any more.
    await adminContext.clearCookies();
    await signIn(page, admin, firstPassword);
    await page.getByRole('heading', { name: 'Show your passkey' }).waitFor();
    await look(page, '03-show-passkey');
    await page.getByRole('button', { name: 'Show the passkey' }).click();
    await home(page);
  });

  test('lets an invited person in, who sets up an app and comes back by its codes', async () => {
    const page = adminContext.pages()[0] ?? (await adminContext.newPage());
    await failWithSight(page);
    await page.goto(`${server.origin}/settings/invitations`);
    await page.getByRole('button', { name: 'Invite' }).click();
    await page.getByLabel('Name').fill('Noa Reyes');
    await page.getByLabel('Email').fill('noa@haul.example');
    await page.getByLabel('Role').selectOption('HROnboarding');
    await look(page, '04-invite');
    await page.getByRole('button', { name: 'Send the invitation' }).click();
    await page.getByRole('rowheader', { name: /Noa Reyes/ }).waitFor();
    await look(page, '05-invitations');
    const link = /http:\/\/localhost:\d+\/invitation\/[\w-]+/.exec(newestMail())?.[0] ?? '';

    const context = await newContext();
    const noa = await context.newPage();
    await failWithSight(noa);
    await noa.goto(link);
    await noa.getByRole('heading', { name: 'Join Haul' }).waitFor();
    await noa.getByLabel('Choose a password').fill('password123456');
    await noa.getByRole('button', { name: 'Accept' }).click();
    await noa.getByRole('alert').filter({ hasText: 'too easy to guess' }).waitFor();
    await look(noa, '06-invitation');
    await noa.getByLabel('Choose a password').fill(password);
    await noa.getByRole('button', { name: 'Accept' }).click();
    await home(noa);

    await noa.goto(`${server.origin}/settings/security`);
    await noa.getByRole('button', { name: 'Set up' }).click();
    await noa.locator('input[type=password]').fill(password);
    await noa.getByRole('button', { name: 'Go on' }).click();
    const secret = (await noa.locator('code').first().textContent()) ?? '';
    await look(noa, '07-authenticator-app');
    const uri = `otpauth://totp/x?secret=${secret}`;
    await noa.getByLabel('Code').fill(totpCode(uri, systemClock.nowMs()));
    await noa.getByRole('button', { name: 'Confirm' }).click();
    await noa.getByRole('heading', { name: 'Keep these recovery codes' }).waitFor();
    await look(noa, '08-recovery-codes');
    const code = (await noa.getByRole('dialog').locator('li').first().textContent()) ?? '';
    await noa.getByRole('button', { name: 'I have kept them' }).click();
    await noa.getByText('10 recovery codes left').waitFor();

    const phone = await (await newContext()).newPage();
    await failWithSight(phone);
    await signIn(phone, 'noa@haul.example', password);
    await phone.getByRole('heading', { name: 'Enter the code' }).waitFor();
    await phone.getByLabel('Code of your').fill('000000');
    await phone.getByRole('button', { name: 'Go on' }).click();
    await phone.getByRole('alert').filter({ hasText: 'not the code of this half minute' }).waitFor();
    await look(phone, '09-code');
    await phone.getByRole('button', { name: 'The app is not at hand' }).click();
    await phone.getByLabel('Recovery code').fill(code);
    await phone.getByRole('button', { name: 'Go on' }).click();
    await home(phone);

    // Signed out there from here: the other's live socket closes with its session.
    const sockets: { closed: boolean }[] = [];
    phone.on('websocket', (socket) => {
      const kept = { closed: false };
      sockets.push(kept);
      socket.on('close', () => (kept.closed = true));
    });
    await phone.goto(`${server.origin}/board`);
    await expect.poll(() => sockets.length, { timeout: patientMs }).toBeGreaterThan(0);
    await noa.reload();
    await look(noa, '10-my-sign-in');
    await noa
      .getByRole('button', { name: /^Sign out on/ })
      .first()
      .click();
    await expect.poll(() => sockets.at(-1)?.closed, { timeout: patientMs }).toBe(true);
    // The tab learns of it by its socket and leads to sign-in by itself.
    await phone.waitForURL(/\/sign-in/);
    await phone.context().close();
    await context.close();
  });

  test.each(['oidc', 'saml'] as const)('leads to the identity provider of the company: %s', async (kind) => {
    const page = adminContext.pages()[0] ?? (await adminContext.newPage());
    await failWithSight(page);
    const domain = `${kind}.haul.example`;
    await page.goto(`${server.origin}/settings/single-sign-on`);
    await page.getByRole('button', { name: 'Add a provider' }).click();
    await page
      .getByRole('dialog')
      .getByLabel('Name')
      .fill(kind === 'oidc' ? 'Entra' : 'Okta');
    await page.getByLabel('Domain').fill(domain);
    if (kind === 'oidc') {
      await page.getByLabel('Issuer').fill(oidc.origin);
      await page.getByLabel('Client id').fill(client.id);
      await page.getByLabel('Client secret').fill(client.secret);
    } else {
      await page.getByLabel('Protocol').selectOption('saml');
      await page.getByLabel('Entity id of the provider').fill(saml.entityId);
      await page.getByLabel('Sign-on address').fill(saml.entryPoint);
      await page.getByLabel('Signing certificate').fill(saml.certificate);
    }
    await page.getByLabel('Role of who comes').selectOption('ReadOnlyAuditor');
    await look(page, `11-${kind}-add`);
    await page.getByRole('button', { name: 'Set it up' }).click();
    const pane = page.locator('section').filter({ hasText: `addresses of ${domain}` });
    await pane.waitFor();
    const shown = async (term: string) =>
      (
        await pane.locator('dt', { hasText: term }).locator('xpath=following-sibling::dd[1]').innerText()
      ).trim();
    const returnAddress = await shown(kind === 'oidc' ? 'Redirect address' : 'Assertion consumer');
    if (kind === 'oidc') oidc.allow(returnAddress);
    else saml.serve({ audience: server.origin, returnAddress });
    names.set(await shown('TXT record'), await shown('with the value'));
    await look(page, `12-${kind}-domain`);
    await pane.getByRole('button', { name: 'Look the domain up' }).click();
    await pane.getByText(/signs people in since/).waitFor();

    const context = await newContext();
    const mia = await context.newPage();
    await failWithSight(mia);
    const email = `mia@${domain}`;
    await mia.goto(`${server.origin}/people`);
    await mia.getByRole('link', { name: 'Sign in with your company' }).click();
    await mia.getByLabel('Email').fill(email);
    await look(mia, `13-${kind}-address`);
    await mia.getByRole('button', { name: 'Go on' }).click();
    // Its page asks the internet for a font: it is there long before it is loaded, so nothing of it is waited for.
    await expect
      .poll(() => hostAfterGoingOn(mia, email), { timeout: patientMs, interval: 250 })
      .toBe('127.0.0.1');
    if (sights !== undefined) await mia.screenshot({ path: path.join(sights, `14-${kind}-provider.png`) });
    if (kind === 'oidc') {
      await mia.locator('input[name=login]').fill(email);
      await mia.locator('input[name=password]').fill('any');
      await mia.getByRole('button', { name: 'Sign-in' }).click({ noWaitAfter: true });
      await mia.getByRole('button', { name: 'Continue' }).click({ noWaitAfter: true });
    } else {
      await mia.getByLabel('Address').fill(email);
      await mia.getByRole('button', { name: 'Sign in' }).click();
    }
    await mia.waitForURL(`${server.origin}/people`);
    await mia.getByRole('button', { name: /mia/ }).waitFor();
    if (sights !== undefined) await mia.screenshot({ path: path.join(sights, `15-${kind}-in.png`) });
    await context.close();
  });
});

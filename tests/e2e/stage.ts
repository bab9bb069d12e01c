import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, BrowserContextOptions, Page } from '@playwright/test';
import { expect, onTestFinished } from 'vitest';
import { readDemoState } from '#demo';
import { demoPassword } from '../../demo/accounts.ts';
import { companyOf, type DemoState } from '../../demo/provision.ts';
import type { DemoCompany } from '../../demo/company.ts';
import { proofHeaders, type Message } from '../../demo/simulator/wire.ts';
import { systemClock } from '#platform/clock';
import { openAppEngines } from '../support/app-engines.ts';
import { plantSecret } from '../support/collected-logs.ts';
import { openBrowser } from '../support/browser.ts';
import { freePort, startServer, type ServerProcess } from '../support/server-process.ts';

const root = path.resolve(import.meta.dirname, '../..');
const failures = path.join(root, 'test-results');

/** One server with a lived demo, one browser. Everything below goes through its public doors. */
export interface Stage {
  readonly origin: string;
  readonly browser: Browser;
  readonly demo: DemoState;
  readonly company: DemoCompany;
  /** A page of somebody who is signed in; its faults fail the test when it ends. */
  openAs(who: Account, at: string, options?: SeatOptions): Promise<Page>;
  /** A page of nobody. */
  openSignedOut(at: string, options?: SeatOptions): Promise<Page>;
  /** Delivers a vendor's message with a true proof. @returns the status. */
  deliver(message: Message): Promise<number>;
  /** Stops the server as an administrator would and starts it on the same folder and port. @returns the exit code. */
  restart(between: (env: Readonly<Record<string, string>>) => Promise<unknown>): Promise<number | null>;
  close(): Promise<void>;
}

export interface SeatOptions extends BrowserContextOptions {
  /** Console lines that this test brings about on purpose. */
  readonly expected?: RegExp;
}

export const accounts = {
  safety: 'dana.ruiz@harrowpike.example',
  admin: 'marguerite.voss@harrowpike.example',
  der: 'silas.hargrove@harrowpike.example',
  billing: 'otto.wexler@harrowpike.example',
  hr: 'noor.idowu@harrowpike.example',
  compliance: 'helena.osei@meridian.example',
  auditor: 'arlo.keating@meridian.example',
  worker: 'driver@harrowpike.example',
} as const;
export type Account = keyof typeof accounts;

/** Longer than anything takes on a calm machine: these tests share two cores with others. */
const patientMs = 30_000;

export async function openStage(people: number): Promise<Stage> {
  if (!existsSync(path.join(root, 'build/handler.js'))) {
    throw new Error('build/handler.js is missing: run `npm run build`, or `npm test`, which builds first.');
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-e2e-'));
  const port = await freePort();
  const engines = await openAppEngines();
  const env = {
    ...engines.env,
    PLUMBLINE_DEMO: 'true',
    PLUMBLINE_DEMO_PEOPLE: String(people),
    PLUMBLINE_DEMO_RATE: '0',
  };
  const start = () => startServer({ folder, port, env });
  let server: ServerProcess = await start();
  const browser = await openBrowser();
  const demo = readDemoState(folder);
  if (!demo) throw new Error('the server left no demo state');
  const { origin } = server;
  const sessions = new Map<Account, Awaited<ReturnType<typeof signIn>>>();
  return {
    origin,
    browser,
    demo,
    company: companyOf(demo),
    openAs: async (who, at, options = {}) => {
      const storageState = sessions.get(who) ?? (await signIn(origin, accounts[who]));
      sessions.set(who, storageState);
      return openSeat(browser, `${origin}${at}`, {
        ...options,
        storageState,
      });
    },
    openSignedOut: (at, options = {}) => openSeat(browser, `${origin}${at}`, options),
    deliver: (message) => deliver(origin, demo, message),
    restart: async (between) => {
      const code = await server.stop();
      await between({ ...engines.env, PLUMBLINE_DATA: folder });
      server = await start();
      return code;
    },
    close: async () => {
      await browser.close();
      await server.stop();
      await engines.drop();
      rmSync(folder, {
        recursive: true,
        force: true,
      });
    },
  };
}

/** Waits until the page is awake and follows the live feed. */
export const followed = (page: Page): Promise<void> => page.locator('.indicator.live').waitFor();

/** By the API, so that the sign-in page is shown only where it is what is tested. */
async function signIn(origin: string, email: string) {
  const response = await fetch(`${origin}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ email, password: demoPassword }),
  });
  expect(response.status, `${email} signs in`).toBe(200);
  const cookies = response.headers.getSetCookie().map((line) => {
    const [pair = ''] = line.split(';');
    const at = pair.indexOf('=');
    return { name: pair.slice(0, at), value: plantSecret('session', pair.slice(at + 1)) };
  });
  const place = { domain: 'localhost', path: '/', expires: -1, httpOnly: true, secure: false };
  return { cookies: cookies.map((one) => ({ ...one, ...place, sameSite: 'Lax' as const })), origins: [] };
}

async function openSeat(browser: Browser, url: string, { expected, ...options }: SeatOptions): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(patientMs);
  const faults: string[] = [];
  const note = (fault: string) => {
    if (!expected?.test(fault)) faults.push(fault.slice(0, 300));
  };
  page.on('pageerror', (error) => note(`page error: ${error.message}`));
  page.on('console', (line) => {
    if (line.type() === 'error') note(`console: ${line.text()}`);
  });
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail' || faults.length > 0) await keepSight(page, task.name);
    await context.close();
    expect(faults, 'errors in the browser').toEqual([]);
  });
  await page.goto(url);
  return page;
}

async function keepSight(page: Page, name: string): Promise<void> {
  mkdirSync(failures, { recursive: true });
  const file = path.join(failures, `${name.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 80)}.png`);
  await page.screenshot({ path: file }).catch(() => undefined);
}

async function deliver(origin: string, demo: DemoState, message: Message): Promise<number> {
  const { id, secret } = demo.endpoints[message.vendor];
  const response = await fetch(`${origin}/webhooks/${id}`, {
    method: 'POST',
    headers: { 'content-type': message.contentType, ...proofHeaders(message, secret, systemClock.nowMs()) },
    body: message.body,
  });
  await response.arrayBuffer();
  return response.status;
}

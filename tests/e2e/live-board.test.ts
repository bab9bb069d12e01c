import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openAppEngines, type AppEngines } from '../support/app-engines.ts';
import { openBrowser } from '../support/browser.ts';
import { freePort, startServer, type ServerProcess } from '../support/server-process.ts';

let folder: string;
let server: ServerProcess;
let engines: AppEngines;
let browser: Browser;

const password = 'plumbline-demo-2026';
const admin = 'marguerite.voss@harrowpike.example';
const patientMs = 60_000;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'plumbline-board-'));
  engines = await openAppEngines();
  server = await startServer({
    folder,
    port: await freePort(),
    env: {
      ...engines.env,
      PLUMBLINE_DEMO: '1',
      PLUMBLINE_DEMO_PEOPLE: '80',
      PLUMBLINE_DEMO_HISTORY: '0',
      PLUMBLINE_DEMO_RATE: '8',
    },
  });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await server.stop();
  await engines.drop();
  await rm(folder, { recursive: true, force: true });
});

async function openAs(email: string, at: string, width = 1440): Promise<{ page: Page; faults: string[] }> {
  const context = await browser.newContext({ viewport: { width, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(patientMs);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  await page.goto(`${server.origin}/sign-in`);
  await page.fill('input[type=email]', email);
  await page.fill('input[type=password]', password);
  await page.click('button[type=submit]');
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  await page.goto(server.origin + at);
  return { page, faults };
}

/** The page's script runs and the live feed is open: from here on buttons and keys answer. */
async function alive(page: Page): Promise<void> {
  await page.locator('.indicator.live').waitFor();
}

async function axe(page: Page) {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze();
  return violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html ?? ''}`);
}

describe('the live board', () => {
  test('follows the vendors without a reload, and says how fast', async () => {
    const { page, faults } = await openAs(admin, '/board');
    await page.getByText(/^Live \d+ ms$/).waitFor();
    await page.locator('.just-changed').first().waitFor({ state: 'attached' });
    expect(faults).toEqual([]);
  });

  test('holds changes while it is paused, and shows them after', async () => {
    const { page } = await openAs(admin, '/board');
    await page.getByText(/^Live \d+ ms$/).waitFor();
    await page.keyboard.press('p');
    await page.getByText(/Paused, [1-9]\d* changes? held/).waitFor();
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByText(/Paused/).waitFor({ state: 'detached' });
  });

  test('tells why by keyboard, and the address says so', async () => {
    const { page, faults } = await openAs(admin, '/board');
    await alive(page);
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /^Why: \S+ \S+/ }).waitFor();
    expect(page.url()).toMatch(/[?&]why=emp_[a-z0-9]{26}(?::|%3A)[a-z_]+$/);
    expect(await axe(page)).toEqual([]);
    const first = page.url();
    await page.keyboard.press('j');
    await page.waitForURL((url) => url.href !== first);
    await page.keyboard.press('Escape');
    await page.waitForURL((url) => !url.search.includes('why='));
    expect(faults).toEqual([]);
  });

  test('goes on where it was after the line was cut', async () => {
    const { page } = await openAs(admin, '/board');
    await page.getByText(/^Live \d+ ms$/).waitFor();
    await page.context().setOffline(true);
    await page.context().setOffline(false);
    await page.getByText(/^Live \d+ ms$/).waitFor();
  });
});

describe('every screen', () => {
  const screens = ['/board', '/people', '/alerts', '/audit'];
  for (const width of [1440, 390]) {
    test(`has no finding of axe and no sideways scroll at ${width}`, async () => {
      const { page, faults } = await openAs(admin, '/board', width);
      for (const screen of screens) {
        await page.goto(server.origin + screen);
        await page.locator('h1').waitFor();
        expect(await axe(page), screen).toEqual([]);
        const over = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
        expect(over, screen).toBeLessThanOrEqual(0);
      }
      expect(faults).toEqual([]);
    });
  }
});

test('the audit log gives a plain verdict', async () => {
  const { page } = await openAs(admin, '/audit');
  await alive(page);
  await page.getByRole('button', { name: 'Verify' }).click();
  await page.getByText('The log is whole').waitFor();
});

test('a field worker sees their own record and nobody else', async () => {
  const { page } = await openAs('driver@harrowpike.example', '/');
  await page.waitForURL(/\/people\/emp_/);
  await page.getByRole('region', { name: 'My compliance' }).waitFor();
  await page.goto(`${server.origin}/board`);
  await page.getByText('1 person', { exact: false }).first().waitFor();
});

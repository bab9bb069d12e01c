import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAppEngines, type AppEngines } from '../support/app-engines.ts';
import { openBrowser } from '../support/browser.ts';
import { freePort, startServer, type ServerProcess } from '../support/server-process.ts';

const password = 'plumbline-demo-2026';
const admin = 'marguerite.voss@harrowpike.example';

let folder: string;
let server: ServerProcess;
let engines: AppEngines;
let browser: Browser;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-e2e-'));
  engines = await openAppEngines();
  const env = {
    ...engines.env,
    PLUMBLINE_DEMO: 'yes',
    PLUMBLINE_DEMO_PEOPLE: '60',
    PLUMBLINE_DEMO_RATE: '5',
  };
  server = await startServer({ folder, port: await freePort(), env });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await engines?.drop();
  rmSync(folder, { recursive: true, force: true });
});

type Options = NonNullable<Parameters<Browser['newContext']>[0]>;

async function signIn(
  email: string,
  options: Options = {},
): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  await page.goto(`${server.origin}/sign-in`);
  await page.fill('input[name=email]', email);
  await page.fill('input[name=password]', password);
  await page.click('button[type=submit]');
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  return { context, page };
}

describe('signing in', () => {
  it('asks whoever is signed out, and goes on to the page that was wanted', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${server.origin}/settings/rules?module=dot`);
    expect(new URL(page.url()).pathname).toBe('/sign-in');
    await page.fill('input[name=email]', admin);
    await page.fill('input[name=password]', password);
    await page.click('button[type=submit]');
    await page.waitForURL(/settings\/rules\?module=dot/);
    await context.close();
  });

  it('says the same of a wrong password and of an unknown address, without a script too', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    const answers: (string | null)[] = [];
    for (const email of [admin, 'nobody@harrowpike.example']) {
      await page.goto(`${server.origin}/sign-in`);
      await page.fill('input[name=email]', email);
      await page.fill('input[name=password]', 'wrong-password-1');
      await page.click('button[type=submit]');
      answers.push(await page.locator('[role=alert]').textContent());
    }
    expect(answers[0]).toContain('do not fit together');
    expect(answers[1]).toBe(answers[0]);
    await context.close();
  });

  it('never sends a signed-in viewer to another site', async () => {
    const { context, page } = await signIn(admin);
    await page.goto(`${server.origin}/sign-in?to=//example.com/`);
    expect(new URL(page.url()).origin).toBe(server.origin);
    await context.close();
  });
});

describe('the overview', () => {
  it('is complete before any script runs', async () => {
    const { context, page } = await signIn(admin, { javaScriptEnabled: false });
    expect(await page.locator('.figure').textContent()).toMatch(/^\d+\.\d%$/);
    expect(await page.locator('section[aria-label="Modules"] a').count()).toBe(6);
    expect(
      await page.locator('section[aria-labelledby=trend-title] path.line').first().getAttribute('d'),
    ).toMatch(/^M[\d.]+ [\d.]+L/);
    await context.close();
  });

  it('counts the people that the live board counts: those at work, and everyone when asked', async () => {
    const { context, page } = await signIn(admin);
    const counted: number[] = [];
    for (const query of ['', '?phase=all']) {
      await page.goto(`${server.origin}/${query}`);
      const lede = await page.locator('.page-head .lede').textContent();
      const people = Number(/(\d+) people/.exec(lede ?? '')?.[1]);
      counted.push(people);
      await page.goto(`${server.origin}/board${query}`);
      await expect.poll(() => page.locator('main').innerText()).toContain(`${people} people`);
    }
    expect(counted[0]).toBeLessThan(counted[1] ?? 0);
    await context.close();
  });

  it('follows the feed: a change shows by itself, with its time from event to screen', async () => {
    const { context, page } = await signIn(admin);
    const indicator = page.getByText(/^Live \d+ ms$/);
    await indicator.waitFor({ timeout: 60_000 });
    expect(await page.locator('#recent-title').textContent()).toBe('Last hour');
    const first = await page.locator('section:has(#recent-title) li').first().textContent();
    await expect
      .poll(() => page.locator('section:has(#recent-title) li').first().textContent(), { timeout: 60_000 })
      .not.toBe(first);
    await context.close();
  });

  it('narrows to a division by its address and takes the filter to the board', async () => {
    const { context, page } = await signIn(admin);
    const link = page.locator('a.name[href*="division=div_"]').first();
    const href = await link.getAttribute('href');
    await page.goto(`${server.origin}${href}`);
    expect(await page.locator('.page-head .lede').textContent()).toContain('1 division');
    const cell = await page.locator('a.cell').first().getAttribute('href');
    expect(new URL(cell ?? '', server.origin).searchParams.get('division')).toMatch(/^div_/);
    await context.close();
  });
});

describe('who sees what', () => {
  it('brings a field worker to the own record and offers nothing of others', async () => {
    const { context, page } = await signIn('driver@harrowpike.example');
    expect(new URL(page.url()).pathname).toMatch(/^\/people\/emp_/);
    expect(await page.getByRole('link', { name: 'Live board' }).count()).toBe(0);
    await context.close();
  });

  it('shows a billing administrator no compliance data', async () => {
    const { context, page } = await signIn('otto.wexler@harrowpike.example');
    expect(new URL(page.url()).pathname).toBe('/settings');
    const answer = await page.goto(`${server.origin}/board`);
    expect(answer?.status()).toBe(403);
    await context.close();
  });
});

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const pages = ['/', '/wall', '/integrations', '/settings', '/settings/rules', '/settings/rules/DT06'];

describe.each([
  { width: 1440, height: 900, colorScheme: 'light' as const },
  { width: 390, height: 844, colorScheme: 'dark' as const },
])('at $width px, $colorScheme', ({ width, height, colorScheme }) => {
  it('has no accessibility finding and never scrolls sideways', async () => {
    const { context, page } = await signIn(admin, { viewport: { width, height }, colorScheme });
    for (const one of pages) {
      await page.goto(`${server.origin}${one}`);
      const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
      expect(violations.map(({ id, nodes }) => `${one} ${id} ${nodes[0]?.html ?? ''}`)).toEqual([]);
      const sideways = await page.evaluate<number>(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect(sideways, one).toBe(0);
    }
    await context.close();
  });
});

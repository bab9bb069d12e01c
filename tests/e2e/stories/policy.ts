import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { beforeAll, describe, expect, test } from 'vitest';
import { followed, type Account, type Stage } from '../stage.ts';

const routesFolder = path.resolve(import.meta.dirname, '../../../src/routes');

/** Every page without a parameter: the folders of `src/routes` with a `+page.svelte`. */
function listPages(folder = routesFolder, at = ''): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === '+page.svelte') return [at === '' ? '/' : at];
    if (!entry.isDirectory() || entry.name.startsWith('[')) return [];
    return listPages(path.join(folder, entry.name), entry.name.startsWith('(') ? at : `${at}/${entry.name}`);
  });
}

/** Keeps what the browser refused, from the first moment of each page on. */
const keepViolations = (page: Page) =>
  page.addInitScript(`
    globalThis.kept = [];
    document.addEventListener('securitypolicyviolation', (event) => {
      const place = event.sourceFile + ':' + event.lineNumber;
      kept.push([event.effectiveDirective, event.blockedURI, place, event.sample].join(' '));
    });
  `);
const violations = (page: Page): Promise<string[]> =>
  page.evaluate(() => (globalThis as unknown as { kept: string[] }).kept);

/** The policy of the pages, in a browser that enforces it. */
export function tellPolicy(stageOf: () => Stage): void {
  describe('the content security policy', () => {
    let stage: Stage;
    beforeAll(() => {
      stage = stageOf();
    });

    test('is strict, and comes with the other headers', async () => {
      const { headers } = await fetch(`${stage.origin}/sign-in`);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/script-src 'self' 'nonce-[^']+'/);
      expect(policy).toMatch(/style-src 'self' 'nonce-[^']+'/);
      expect(policy).not.toMatch(/unsafe-inline|unsafe-eval|unsafe-hashes/);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("object-src 'none'");
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(headers.get('referrer-policy')).toBe('same-origin');
      expect(headers.get('permissions-policy')).toContain('geolocation=()');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      const again = await fetch(`${stage.origin}/sign-in`);
      expect(again.headers.get('content-security-policy')).not.toBe(policy);
    });

    test('says so where weaknesses are reported', async () => {
      const answer = await fetch(`${stage.origin}/.well-known/security.txt`);
      expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      const text = await answer.text();
      expect(text).toContain('Contact: mailto:security@localhost');
      const expires = Date.parse(/^Expires: (.+)$/m.exec(text)?.[1] ?? '');
      const days = (expires - Date.parse(answer.headers.get('date') ?? '')) / 86_400_000;
      expect(days).toBeGreaterThan(30);
      expect(days).toBeLessThan(365);
    });

    test('refuses what an attacker would write into a page', async () => {
      const page = await stage.openSignedOut('/sign-in', { expected: /Content Security Policy/ });
      await keepViolations(page);
      await page.reload();
      await page.evaluate(`
        const host = document.createElement('div');
        host.innerHTML =
          '<b style="color: red">x</b><img src="/nothing.png" onerror="globalThis.ran = true">';
        document.body.append(host);
        const script = document.createElement('script');
        script.textContent = 'globalThis.ran = true';
        document.body.append(script);
      `);
      await expect.poll(() => violations(page).then((found) => found.length)).toBeGreaterThanOrEqual(3);
      expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false);
    });

    const seats: readonly Account[] = ['admin', 'worker'];
    test.each(seats)('is kept by every page, as %s', async (who) => {
      const page = await stage.openAs(who, '/', { expected: /403 \(Forbidden\)|Failed to load resource/ });
      await keepViolations(page);
      const found: string[] = [];
      for (const place of listPages()) {
        await page.goto(`${stage.origin}${place}`);
        await page.waitForLoadState('networkidle').catch(() => undefined);
        found.push(...(await violations(page)).map((one) => `${place}: ${one}`));
      }
      expect(listPages().length).toBeGreaterThan(12);
      expect(found).toEqual([]);
    });

    test('is kept when one page leads to the next, and what was drawn by the server stays as drawn', async () => {
      const page = await stage.openAs('safety', '/');
      await keepViolations(page);
      await page.reload();
      await followed(page);
      const lifted = await page.evaluate<(string | null)[]>(
        `[...document.querySelectorAll('[data-lifted]')].map((one) => one.getAttribute('style'))`,
      );
      expect(lifted.length).toBeGreaterThan(5);
      expect(lifted).not.toContain(null);
      for (const place of [
        'board',
        'people',
        'alerts',
        'audit',
        'security',
        'integrations',
        'status',
        'settings',
      ]) {
        await page.locator(`nav.rail a[href="/${place}"]`).click();
        await page.waitForURL(`**/${place}`);
        await page.waitForLoadState('networkidle').catch(() => undefined);
      }
      await page.keyboard.press('Control+k');
      await page.waitForTimeout(300);
      expect(await violations(page)).toEqual([]);
    });
  });
}

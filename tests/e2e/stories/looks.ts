import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { describe, expect, test } from 'vitest';
import { greenDrivers } from '../driver.ts';
import type { Stage } from '../stage.ts';

const screens = [
  '/',
  '/board',
  '/people',
  '/people/:person',
  '/people/:person?why=:person:dot',
  '/alerts',
  '/reviews',
  '/security',
  '/security/watch',
  '/approvals',
  '/integrations',
  '/audit',
  '/status',
  '/settings',
  '/settings/members',
  '/settings/rules',
  '/settings/rules/DT01',
];

async function gravest(page: Page): Promise<string[]> {
  // Legacy mode stays in the page: nothing here has frames of its own.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] });
  const { violations } = await axe.analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160) ?? ''}`);
}

/** Every screen at desk and phone width, in light and in dark: no serious finding of axe, no sideways scroll, no error. */
export function tellLooks(stageOf: () => Stage): void {
  describe('every screen', () => {
    test.each(screens)('%s', async (screen) => {
      const stage = stageOf();
      const page = await stage.openAs('admin', '/settings');
      const [person] = await greenDrivers(stage, page);
      await page.goto(stage.origin + screen.replaceAll(':person', person?.employeeId ?? ''));
      await page.locator('h1').first().waitFor();
      const found: string[] = [];
      for (const width of [1440, 390]) {
        await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          found.push(...(await gravest(page)).map((finding) => `${width} ${colorScheme} ${finding}`));
        }
        const over = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
        if (over > 0) found.push(`${width}: ${over} px wider than the screen`);
      }
      expect(found).toEqual([]);
    });

    test('signed out', async () => {
      const page = await stageOf().openSignedOut('/sign-in');
      const found: string[] = [];
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        found.push(...(await gravest(page)));
      }
      expect(found).toEqual([]);
    });

    test('is dark where the system is', async () => {
      const page = await stageOf().openAs('admin', '/board', { colorScheme: 'dark' });
      await page.locator('h1').first().waitFor();
      const colour = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
      const scheme = await page.evaluate('getComputedStyle(document.documentElement).colorScheme');
      expect(scheme).toMatch(/dark/);
      expect(colour).not.toMatch(/rgb\(25[0-5], 25[0-5], 25[0-5]\)/);
    });
  });
}

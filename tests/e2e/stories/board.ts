import type { Page } from '@playwright/test';
import { beforeAll, describe, expect, test } from 'vitest';
import { ask, greenDrivers, licence, type KnownPerson } from '../driver.ts';
import { followed, type Stage } from '../stage.ts';

const rowOf = (page: Page, { name }: KnownPerson) =>
  page.getByRole('region', { name: 'People and flags' }).getByRole('row').filter({ hasText: name });

/** The live board: a flag turns before the eyes, and says why. */
export function tellBoard(stageOf: () => Stage): void {
  describe('the live board of the safety manager', () => {
    let stage: Stage;
    let driver: KnownPerson;

    beforeAll(() => {
      stage = stageOf();
    });

    test('turns red with hold when a licence is suspended, and green when it is valid again', async () => {
      const page = await stage.openAs('safety', '/board');
      const [first] = await greenDrivers(stage, page);
      if (!first) throw new Error('the demo has no driver of the tank division in order');
      driver = first;
      await followed(page);
      await rowOf(page, driver).getByRole('link', { name: 'DOT, Compliant' }).waitFor();

      expect(await stage.deliver(licence(stage, driver.person, 'suspended', 'board-a'))).toBe(202);
      const red = rowOf(page, driver).getByRole('link', { name: /^DOT, Non-compliant, hold/ });
      await red.waitFor();
      expect(await red.getAttribute('class')).toContain('just-changed');

      expect(await stage.deliver(licence(stage, driver.person, 'valid', 'board-b'))).toBe(202);
      await rowOf(page, driver).getByRole('link', { name: 'DOT, Compliant' }).waitFor();
    });

    test('tells why by mouse: rule and version, message, event, regulation, next change', async () => {
      const page = await stage.openAs('safety', '/board');
      await followed(page);
      expect(await stage.deliver(licence(stage, driver.person, 'suspended', 'why-a'))).toBe(202);
      await rowOf(page, driver)
        .getByRole('link', { name: /^DOT, Non-compliant, hold/ })
        .click();
      const why = page.getByRole('complementary', { name: `Why: ${driver.name}, DOT` });
      await why.getByText('DT01').waitFor();
      const told = (await why.innerText()).replaceAll(/\s+/g, ' ');
      expect(told).toMatch(/DT01.*v\d+/);
      expect(told).toMatch(/suspended since \d{4}-\d{2}-\d{2}|suspended since/);
      expect(told).toContain('49 CFR 383.37');
      expect(told).toMatch(/Licence reported.*partner system/);
      expect(told).toMatch(/evt_/);
      expect(told).toMatch(/Next change/i);
      expect(told).toMatch(/must not/);
      await page.keyboard.press('Escape');
      await page.waitForURL((url) => !url.searchParams.has('why'));
    });

    test('is worked by keyboard: j, k, Enter, Escape', async () => {
      const page = await stage.openAs('safety', '/board');
      await followed(page);
      const chosen = page.locator('tr[aria-selected="true"]');
      await page.keyboard.press('j');
      await chosen.waitFor();
      const place = () => chosen.getAttribute('aria-rowindex');
      const first = await place();
      await page.keyboard.press('j');
      await expect.poll(place).not.toBe(first);
      await page.keyboard.press('k');
      await expect.poll(place).toBe(first);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: /^Why: / }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('heading', { name: /^Why: / }).waitFor({ state: 'detached' });
    });

    test('shows nobody of other divisions, and the status alone where the role has no more', async () => {
      const page = await stage.openAs('safety', '/board');
      await page.getByRole('columnheader', { name: /Background.*status only/ }).waitFor();
      const { people } = await ask<{ people: number }>(page, stage.origin, 'board.page', {
        query: {
          ...everyone,
          phases: ['active'],
        },
        offset: 0,
        limit: 1,
      });
      const own = stage.company.people.filter(
        ({ divisionRef, phase }) => phase === 'active' && ['tank', 'field'].includes(divisionRef),
      );
      expect(people).toBe(own.length);
    });

    test('is cards on a phone, without sideways scroll', async () => {
      const page = await stage.openAs('safety', '/board', { viewport: { width: 390, height: 844 } });
      await page.locator('ul.cards > li').nth(1).waitFor();
      expect(await page.getByRole('table').count()).toBe(0);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    });
  });
}

const everyone = {
  module: null,
  flags: [],
  hold: false,
  divisionIds: [],
  locationIds: [],
  jobRoleIds: [],
  text: '',
  group: 'none',
  sort: 'name',
  asOf: null,
};

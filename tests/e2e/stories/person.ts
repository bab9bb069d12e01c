import { describe, expect, test } from 'vitest';
import { ask, greenDrivers, licence } from '../driver.ts';
import { followed, type Stage } from '../stage.ts';

/** A person's page: what happened, and what was known on a past day. */
export function tellPerson(stageOf: () => Stage): void {
  describe('the page of a person', () => {
    test('has a timeline that a new event joins, and shows the past as it was', async () => {
      const stage = stageOf();
      const page = await stage.openAs('admin', '/people');
      const driver = (await greenDrivers(stage, page)).at(-1);
      if (!driver) throw new Error('the demo has no driver in order');
      await page.goto(`${stage.origin}/people/${driver.employeeId}`);
      await page.getByRole('heading', { level: 1, name: new RegExp(driver.name) }).waitFor();
      const strip = page.getByRole('region', { name: 'Flags by module' });
      const dot = strip.getByRole('listitem').filter({ hasText: 'DOT' });
      expect(await dot.getAttribute('data-flag')).toBe('green');
      await followed(page);

      expect(await stage.deliver(licence(stage, driver.person, 'suspended', 'person-a'))).toBe(202);
      await strip.locator('li[data-flag="red"]').filter({ hasText: 'DOT' }).waitFor();
      const timeline = page.getByRole('region', { name: 'Timeline' });
      await timeline.getByText('DOT turned Non-compliant').first().waitFor();
      await timeline.getByText('Licence reported').first().waitFor();

      // Thirty days ago nobody knew: the flag of that day, and a frame that says it is the past.
      const day = new Date(stage.demo.todayMs - 30 * 86_400_000).toISOString().slice(0, 10);
      await page.goto(`${stage.origin}/people/${driver.employeeId}?asOf=${day}`);
      await page.locator('header.topbar.past').waitFor();
      await page.getByRole('button', { name: /^As of (?!now)/ }).waitFor();
      const past = page
        .getByRole('region', { name: 'Flags by module' })
        .getByRole('listitem')
        .filter({ hasText: 'DOT' });
      expect(await past.getAttribute('data-flag')).toBe('green');
      expect(await page.getByRole('region', { name: 'Timeline' }).getByText('Today').count()).toBe(0);
      // What the frame says of the past is what is shown: as known then, or with all that came later.
      const asKnownThen = page.getByText('As it was known at the end of');
      await asKnownThen.waitFor();
      await page.getByRole('link', { name: 'As known today' }).click();
      await page.getByText('as it is known today').waitFor();
      expect(await asKnownThen.count()).toBe(0);
      const then = await ask<{ at: string }>(page, stage.origin, 'person.page', {
        employeeId: driver.employeeId,
        asOf: day,
      });
      expect(then.at.slice(0, 10) >= day).toBe(true);
      expect(await stage.deliver(licence(stage, driver.person, 'valid', 'person-b'))).toBe(202);
    });

    test('of their own is all that a field worker gets', async () => {
      const stage = stageOf();
      const page = await stage.openAs('worker', '/');
      await page.waitForURL(/\/people\/emp_/);
      await page.getByRole('region', { name: 'My compliance' }).waitFor();
      const { total } = await ask<{ total: number }>(page, stage.origin, 'people.list', {
        query: {
          text: '',
          phases: [],
          divisionIds: [],
          locationIds: [],
          jobRoleIds: [],
          sort: 'name',
        },
        offset: 0,
        limit: 10,
      });
      expect(total).toBe(1);
    });
  });
}

import { describe, expect, test } from 'vitest';
import { ask, course } from '../driver.ts';
import { followed, type Stage } from '../stage.ts';

/** Alerts, dead letters, the audit log and the rules: the desk of those who run it. */
export function tellDesk(stageOf: () => Stage): void {
  describe('alerts', () => {
    test('one is acknowledged, undone, and brought back', async () => {
      const stage = stageOf();
      const page = await stage.openAs('admin', '/alerts');
      await followed(page);
      const item = page
        .getByRole('listitem')
        .filter({ has: page.getByRole('button', { name: 'Acknowledge', exact: true }) })
        .first();
      await item.waitFor();
      const id = (await item.locator('[data-alert]').getAttribute('data-alert')) ?? '';
      const statusOf = async (view: string) => {
        const query = { view, module: null, severity: null, employeeId: null };
        const { rows } = await ask<{ rows: { id: string }[] }>(page, stage.origin, 'alerts.list', {
          query,
          offset: 0,
          limit: 200,
        });
        return rows.some((row) => row.id === id);
      };
      await item.getByRole('button', { name: 'Acknowledge', exact: true }).click();
      await page.getByText('1 alert acknowledged').waitFor();
      await expect.poll(() => statusOf('acknowledged')).toBe(true);
      await page.getByRole('button', { name: 'Undo' }).click();
      await page.getByText('1 alert brought back').waitFor();
      await expect.poll(() => statusOf('raised')).toBe(true);

      await page.locator(`[data-alert="${id}"]`).waitFor();
      const again = page.getByRole('listitem').filter({ has: page.locator(`[data-alert="${id}"]`) });
      await again.getByRole('button', { name: 'Acknowledge', exact: true }).click();
      await page.locator(`[data-alert="${id}"]`).waitFor({ state: 'detached' });
      // The row goes at once, the server is told a moment later: leaving the page before that would cut the request off.
      await expect.poll(() => statusOf('acknowledged')).toBe(true);
      await page.goto(`${stage.origin}/alerts?view=acknowledged`);
      const kept = page.getByRole('listitem').filter({ has: page.locator(`[data-alert="${id}"]`) });
      await kept.getByText(/Acknowledged by Marguerite Voss/).waitFor();
      await kept.getByRole('button', { name: 'Bring back' }).click();
      await page.locator(`[data-alert="${id}"]`).waitFor({ state: 'detached' });
      await expect.poll(() => statusOf('raised')).toBe(true);
    });
  });

  describe('integrations', () => {
    test('a message about nobody we know is matched, goes through again, and takes effect', async () => {
      const stage = stageOf();
      const person = stage.company.people.find(({ phase }) => phase === 'active');
      if (!person) throw new Error('the demo has nobody at work');
      expect(await stage.deliver(course('XX-STRANGER-1', 'code_of_conduct', 'stranger'))).toBe(202);
      const page = await stage.openAs('admin', '/integrations');
      await expect
        .poll(
          async () => {
            const input = { vendor: null, reason: null, status: 'open', offset: 0, limit: 50 };
            return (await ask<{ total: number }>(page, stage.origin, 'integrations.deadLetters', input))
              .total;
          },
          { timeout: 20_000 },
        )
        .toBeGreaterThan(0);
      await page.reload();
      await followed(page);
      const section = page.getByRole('region', { name: 'Dead letters' });
      await section
        .getByRole('row')
        .filter({ hasText: 'XX-STRANGER-1' })
        .getByRole('link', { name: 'Fix' })
        .click();
      await section.getByRole('heading', { name: /XX-STRANGER-1/ }).waitFor();
      expect(await section.getByRole('region', { name: 'Payload' }).innerText()).toContain('code_of_conduct');
      await section.getByRole('searchbox', { name: 'Find the employee' }).fill(person.lastName);
      await section.getByRole('radio').first().waitFor();
      const label = section.locator('label', { hasText: `${person.firstName} ${person.lastName}` }).first();
      await label.click();
      await section.getByRole('button', { name: 'Match and requeue' }).click();
      await page.getByText(/^Matched; 1 message goes through again/).waitFor();

      const find = {
        text: person.number,
        phases: [],
        divisionIds: [],
        locationIds: [],
        jobRoleIds: [],
        sort: 'name',
      };
      const { rows } = await ask<{ rows: { employeeId: string }[] }>(page, stage.origin, 'people.list', {
        query: find,
        offset: 0,
        limit: 2,
      });
      await expect
        .poll(
          async () =>
            JSON.stringify(
              await ask(page, stage.origin, 'person.page', { employeeId: rows[0]?.employeeId, asOf: null }),
            ),
          { timeout: 20_000 },
        )
        .toMatch(/"subjectRef":"XX-STRANGER-1/);
    });
  });

  describe('the audit log', () => {
    test('is filtered, shows before and after, and gives a plain verdict', async () => {
      const stage = stageOf();
      const page = await stage.openAs('admin', '/audit?act=alerts:*');
      await followed(page);
      await page.getByRole('heading', { level: 1, name: 'Audit log' }).waitFor();
      const entries = page.locator('ol.entries > li');
      await entries.first().waitFor();
      const brought = entries.filter({ hasText: 'brought back an alert' }).first();
      await brought.getByRole('link').first().click();
      await page.waitForURL(/entry=aud_/);
      const detail = (await entries.filter({ has: page.locator('.detail') }).innerText()).replaceAll(
        /\s+/g,
        ' ',
      );
      expect(detail).toMatch(/acknowledged/);
      expect(detail).toMatch(/open/);
      expect(detail).toMatch(/Hash/i);
      await page.getByRole('button', { name: 'Verify' }).click();
      await page.getByText('The log is whole').waitFor();
    });
  });

  describe('settings', () => {
    test('show every rule, and one of them in words', async () => {
      const stage = stageOf();
      const page = await stage.openAs('safety', '/settings/rules?module=dot');
      await page
        .getByRole('link', { name: /DT01/ })
        .or(page.getByRole('row').filter({ hasText: 'DT01' }).getByRole('link'))
        .first()
        .click();
      await page.waitForURL(/settings\/rules\/DT01/);
      await page.getByText('49 CFR 383.37').first().waitFor();
    });
  });
}

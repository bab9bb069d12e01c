import { describe, expect, test } from 'vitest';
import { demoPassword } from '../../../demo/accounts.ts';
import { accounts, followed, type Stage } from '../stage.ts';

/** The way in and out. */
export function tellSignIn(stageOf: () => Stage): void {
  describe('signing in', () => {
    test('by a demo account leads to the overview', async () => {
      const stage = stageOf();
      const page = await stage.openSignedOut('/');
      await page.waitForURL(/\/sign-in/);
      await page.getByRole('button', { name: /Dana Ruiz/ }).click();
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.waitForURL((url) => url.pathname === '/');
      await page.getByRole('button', { name: /Dana Ruiz/ }).waitFor();
      // The headline figure: a share of people.
      await page
        .getByText(/\d+(?:\.\d+)?\s?%/)
        .first()
        .waitFor();
    });

    test('with a wrong password is refused in plain words', async () => {
      const page = await stageOf().openSignedOut('/sign-in', { expected: /status of (?:400|401)/ });
      await page.getByLabel('Email').fill(accounts.safety);
      await page.getByLabel('Password').fill('not the password at all');
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.getByRole('alert').filter({ hasText: 'do not fit together' }).waitFor();
      expect(await page.getByLabel('Email').inputValue()).toBe(accounts.safety);
    });

    test('goes on to the page that was wanted', async () => {
      const stage = stageOf();
      const page = await stage.openSignedOut('/settings/rules?module=dot');
      await page.waitForURL(/\/sign-in\?to=/);
      await page.getByLabel('Email').fill(accounts.safety);
      await page.getByLabel('Password').fill(demoPassword);
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.waitForURL(/\/settings\/rules\?module=dot/);
    });

    test('out closes the live socket, and the cookie opens nothing any more', async () => {
      const stage = stageOf();
      const page = await stage.openSignedOut('/sign-in?to=/board', { expected: /401|WebSocket|net::ERR/ });
      const sockets: { closed: boolean }[] = [];
      page.on('websocket', (socket) => {
        const kept = { closed: false };
        sockets.push(kept);
        socket.on('close', () => (kept.closed = true));
      });
      await page.getByLabel('Email').fill(accounts.der);
      await page.getByLabel('Password').fill(demoPassword);
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.waitForURL(/\/board/);
      await expect.poll(() => sockets.length, { timeout: 20_000 }).toBeGreaterThan(0);
      // From beside the page, so that it is the server which closes the socket and not the page that leaves.
      const out = await page.request.post(`${stage.origin}/api/auth/sign-out`, {
        headers: { origin: stage.origin },
        data: {},
      });
      expect(out.status()).toBe(200);
      await expect.poll(() => sockets[0]?.closed, { timeout: 20_000 }).toBe(true);
      await page.goto(`${stage.origin}/board`);
      await page.waitForURL(/\/sign-in/);
    });
  });

  describe('a role without the right', () => {
    test('is told so, by name, and not shown an empty page', async () => {
      const page = await stageOf().openAs('billing', '/board', { expected: /status of 403/ });
      await page.getByRole('heading', { name: 'Not for your role' }).waitFor();
      await page.getByText(/your role is Billing admin/).waitFor();
      await page.getByText(/Reference/).waitFor();
    });

    test('of an auditor sees people of the client without their names', async () => {
      const stage = stageOf();
      const page = await stage.openAs('auditor', '/');
      await followed(page);
      await page.getByRole('button', { name: 'Meridian Compliance' }).click();
      await page.getByRole('menuitem', { name: /Harrow & Pike/ }).click();
      await page.getByRole('button', { name: 'Harrow & Pike' }).waitFor();
      await page.goto(`${stage.origin}/board`);
      await page.getByRole('row').nth(5).waitFor();
      const text = await page.content();
      const named = stage.company.people.filter(
        ({ firstName, lastName, number }) =>
          text.includes(number) || text.includes(`${firstName} ${lastName}`),
      );
      expect(named.map(({ number }) => number)).toEqual([]);
    });
  });
}

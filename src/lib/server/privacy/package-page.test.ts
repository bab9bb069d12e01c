import { expect, test } from 'vitest';
import type { EmployeeId } from '#contracts/ids';
import { packagePage } from './package-page.ts';

const nasty = '</script><script>alert("x")</script>';
const page = packagePage(
  {
    format: 'plumbline.person.v1',
    employeeId: 'emp_01h2xcejqtf2nbrexx3vqjhp41' as EmployeeId,
    madeAt: '2026-11-20T12:00:00.000Z',
    parts: [
      {
        source: 'alerts',
        classes: { title: 'phi' },
        rows: [{ title: nasty, raised_at: new Date(0), detail: null, tenant_id: 'ten_1' }],
      },
    ],
    rawRefs: [],
  },
  [{ from: 'checkr', receivedAt: '2026-11-01T00:00:00.000Z', body: nasty }],
);

test('text of vendors stays text', () => {
  expect(page).not.toContain('<script>alert');
  expect(page.match(/<script/g)).toHaveLength(1);
  expect(page.match(/<\/script>/g)).toHaveLength(1);
});

test('the same is there for programs', () => {
  const json = /id="data">(.*?)<\/script>/s.exec(page)?.[1] ?? '';
  const data = JSON.parse(json) as { parts: { rows: { title: string }[] }[]; messages: { body: string }[] };
  expect(data.parts[0]?.rows[0]?.title).toBe(nasty);
  expect(data.messages[0]?.body).toBe(nasty);
});

test('it shows what is held, with its class and source', () => {
  expect(page).toContain('Title <small>phi</small>');
  expect(page).toContain('1970-01-01T00:00:00.000Z');
  expect(page).toContain('<code>alerts</code>');
});

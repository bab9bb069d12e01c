import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noAuditQuery } from '#contracts/screens/audit';
import { ask } from './driver.ts';
import { followed, openStage, type Account, type Stage } from './stage.ts';

let stage: Stage;
/** People of a few divisions with a lived year. */
const people = 40;

beforeAll(async () => {
  stage = await openStage(people);
}, 240_000);
afterAll(() => stage?.close());

const company = 'Harrow & Pike';

/** A page that is awake: what is pressed before is lost. */
async function openAwake(who: Account, at: string): Promise<Page> {
  const page = await stage.openAs(who, at);
  await followed(page);
  return page;
}

/** Somebody of the compliance company, who acts for the service company. */
async function openActing(at: string): Promise<Page> {
  const page = await openAwake('compliance', '/');
  await page
    .getByRole('banner')
    .getByRole('button', { name: /Meridian/ })
    .click();
  await page.getByRole('menuitem', { name: company }).click();
  await page.getByText(`You act for ${company}`).waitFor();
  await page.goto(`${stage.origin}${at}`);
  await followed(page);
  return page;
}

async function answer(page: Page, title: RegExp, verdict: 'Approve' | 'Refuse', reason: string) {
  const row = page.getByRole('listitem').filter({ hasText: title }).first();
  await row.getByRole('button', { name: `${verdict}…` }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Your reason').fill(reason);
  await dialog.getByRole('button', { name: verdict, exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
}

describe('an export with names', () => {
  test('is asked for by one, approved by another from the compliance company, and fetched once', async () => {
    const admin = await openAwake('admin', '/people');
    await admin.getByRole('button', { name: 'Export with names' }).click();
    await admin.getByLabel('What it is for').fill('The insurer asks for the list of drivers');
    await admin.getByRole('button', { name: 'Ask for approval' }).click();
    await admin.waitForURL(/approvals\?view=mine/);
    const mine = admin.getByRole('listitem').filter({ hasText: 'with names' }).first();
    await mine.getByText('You asked for this yourself: a second person must answer.').waitFor();
    expect(await mine.getByRole('button', { name: 'Approve…' }).count()).toBe(0);

    const second = await openActing('/approvals');
    await second.getByText('One CSV file with name, number and e-mail address').first().waitFor();
    await second
      .getByRole('link', { name: /Approvals/ })
      .getByText('1')
      .waitFor();
    await answer(second, /with names/, 'Approve', 'The insurer has a right to this list');

    // Nobody reloads the requester's page: it hears of the approval.
    const fetchOnce = mine.getByRole('button', { name: 'Fetch once' });
    await fetchOnce.waitFor();
    const download = admin.waitForEvent('download');
    await fetchOnce.click();
    const file = await download;
    expect(file.suggestedFilename()).toMatch(/^people-with-names-.*\.csv$/);
    const [head, ...lines] = readFileSync(await file.path(), 'utf8')
      .trim()
      .split('\r\n');
    expect(head).toMatch(/^Name,Number,E-mail,Division/);
    expect(lines.length).toBeGreaterThan(20);

    await admin.goto(`${stage.origin}/approvals?view=all`);
    await admin.getByText(`${lines.length} people handed out.`).waitFor();
    expect(await admin.getByRole('button', { name: 'Fetch once' }).count()).toBe(0);
    const query = { ...noAuditQuery, act: 'approvals:request:approve' };
    const log = await ask<object>(admin, stage.origin, 'audit.list', { query, limit: 10, before: null });
    expect(JSON.stringify(log)).toContain('Helena Osei (Meridian Compliance)');
  });
});

describe('a privileged role', () => {
  test('is given by two people, beside the first one, and its holder changes between them', async () => {
    const admin = await openAwake('admin', '/settings/members');
    await admin
      .getByRole('row', { name: /Noor Idowu/ })
      .getByRole('button', { name: 'Give a role…' })
      .click();
    const dialog = admin.getByRole('dialog');
    await dialog.getByLabel('Role', { exact: true }).selectOption({ label: 'DER' });
    await dialog.getByLabel('What it is for').fill('Stands in for Silas in December');
    await dialog.getByRole('button', { name: 'Ask for approval' }).click();
    await admin.waitForURL(/approvals\?view=mine/);

    const second = await openActing('/approvals');
    await answer(second, /Noor Idowu becomes DER/, 'Approve', 'A stand-in is needed by law');
    await second.goto(`${stage.origin}/approvals?view=all`);
    await second.getByText('The role was given.').waitFor();

    const holder = await openAwake('hr', '/');
    await holder.getByRole('banner').getByRole('button', { name: company }).click();
    await holder.getByRole('menuitem', { name: /DER/ }).click();
    await holder.getByRole('banner').getByText('DER').waitFor();
  });
});

describe('background records', () => {
  test('open for a stated reason, and each look is in the audit log', async () => {
    const admin = await openAwake('admin', '/people');
    const employeeId = await somebodyWithReport(admin);
    await admin.goto(`${stage.origin}/people/${employeeId}?records=background`);
    await followed(admin);
    await admin.getByText(/records? (?:is|are) shut/).waitFor();
    await admin.getByRole('button', { name: 'Give a reason…' }).click();
    const dialog = admin.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Open for an hour' }).click();
    await dialog.getByText('Choose what the records are needed for.').waitFor();
    await dialog.getByLabel('Purpose').selectOption('adjudication');
    await dialog.getByLabel('Case').fill('ADJ-2026-114');
    await dialog.getByLabel('In your words').fill('Findings of the report are to be assessed');
    await dialog.getByRole('button', { name: 'Open for an hour' }).click();
    await admin.getByText(/Open to you until/).waitFor();
    await admin.getByRole('region', { name: 'Records' }).getByRole('row').nth(1).waitFor();
    const query = { ...noAuditQuery, act: 'need_to_know:record:reveal', subjectId: employeeId };
    const log = await ask<object>(admin, stage.origin, 'audit.list', { query, limit: 10, before: null });
    expect(JSON.stringify(log)).toContain('need_to_know:record:reveal');
  });
});

/** The first person with something on file in Background. */
async function somebodyWithReport(page: Page): Promise<string> {
  const query = {
    text: '',
    phases: ['active'],
    divisionIds: [],
    locationIds: [],
    jobRoleIds: [],
    sort: 'name',
  };
  const input = { query, offset: 0, limit: 50 };
  const { rows } = await ask<{ rows: { employeeId: string }[] }>(page, stage.origin, 'people.list', input);
  for (const { employeeId } of rows) {
    const asked = { employeeId, asOf: null };
    const { guarded } = await ask<{ guarded: { items: number }[] }>(page, stage.origin, 'person.page', asked);
    if ((guarded[0]?.items ?? 0) > 0) return employeeId;
  }
  throw new Error('nobody has a background record');
}

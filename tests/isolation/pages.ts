import { existsSync, readdirSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import path from 'node:path';
import { pageAppKey } from '../../src/lib/server/page-app.ts';
import type { PageApp } from '../../src/lib/server/page-app.ts';
import type { Handles } from './known.ts';
import type { Need } from './needs.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** The built pages on the app of this test. Throws when they were not built. */
export async function loadPages(app: PageApp, origin: string): Promise<RequestListener> {
  const built = path.join(root, 'build/handler.js');
  if (!existsSync(built)) throw new Error('build/handler.js is missing: run `npm run build` first.');
  (globalThis as { [pageAppKey]?: PageApp })[pageAppKey] = app;
  process.env['ORIGIN'] = origin;
  const { handler } = (await import(/* @vite-ignore */ built)) as { handler: RequestListener };
  return handler;
}

/** Every route that answers: the folders of `src/routes` with a page or an endpoint. */
export function listRoutes(folder = path.join(root, 'src/routes'), route = ''): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  const answers = entries.some(({ name }) => /^\+(?:page\.svelte|server\.ts)$/.test(name));
  const below = entries
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) =>
      listRoutes(path.join(folder, name), /^\(.*\)$/.test(name) ? route : `${route}/${name}`),
    );
  return [...(answers ? [route === '' ? '/' : route] : []), ...below];
}

export interface RouteExpectation {
  readonly need: Need;
  /** What somebody reads who is let in, and then told why there is no answer. */
  readonly deniedAs?: string;
  /** Addresses with the things of a company in them. */
  at(of: Handles): readonly string[];
}

const sight: Need = { letters: ['V', 'S', 'D'], in: 'any module' };
const administer: Need = { letters: ['V'], in: 'administration' };
/** Of fewer than five people no number is told to who may not know them. */
const tooFew = 'numbers of fewer than 5 people are not shown';
const alone =
  (address: string): RouteExpectation['at'] =>
  () => [address];

/** Every route; one that is missing here fails the test. Routes that only change something answer 405 to reading. */
export const routes: Readonly<Record<string, RouteExpectation>> = {
  '/': { need: sight, deniedAs: tooFew, at: ({ division }) => ['/', `/?division=${division}`] },
  '/board': {
    need: sight,
    at: ({ division, people }) => ['/board', `/board?division=${division}&why=${people[0]}:dot`],
  },
  '/people': { need: sight, at: ({ location }) => ['/people', `/people?location=${location}`] },
  '/people/[employeeId]': { need: sight, at: ({ people }) => people.map((id) => `/people/${id}`) },
  '/people/export': { need: { letters: ['X', 'D'], in: 'any module' }, at: alone('/people/export') },
  '/wall': { need: sight, deniedAs: tooFew, at: ({ division }) => ['/wall', `/wall?division=${division}`] },
  '/alerts': { need: sight, at: ({ people }) => ['/alerts', `/alerts?employee=${people[1]}`] },
  '/reviews': {
    need: { letters: ['V'], in: 'any module' },
    at: ({ people }) => ['/reviews', `/reviews?employee=${people[1]}`],
  },
  '/approvals': {
    need: { letters: ['X', 'A'], in: 'any module' },
    at: () => ['/approvals', '/approvals?view=all'],
  },
  '/ask': { need: sight, at: ({ conversations }) => ['/ask', ...conversations.map((id) => `/ask?id=${id}`)] },
  '/explorer': { need: { letters: ['V', 'S'], in: 'any module' }, at: alone('/explorer') },
  '/audit': { need: administer, at: ({ people }) => ['/audit', `/audit?subjectId=${people[1]}`] },
  '/integrations': {
    need: administer,
    at: ({ deadLetters }) => ['/integrations', `/integrations?letter=${deadLetters[0]}`],
  },
  '/security': {
    need: administer,
    at: ({ incidents }) => ['/security', `/security?view=ended&page=${incidents.length}`],
  },
  '/security/[incidentId]': {
    need: administer,
    at: ({ incidents }) => incidents.map((id) => `/security/${id}`),
  },
  '/security/watch': { need: administer, at: alone('/security/watch') },
  '/status': { need: administer, at: alone('/status') },
  '/regulations': {
    need: 'session',
    at: ({ handbook }) => ['/regulations', `/regulations?text=${encodeURIComponent(handbook)}`],
  },
  '/regulations/[citation]': {
    need: 'session',
    at: ({ handbook }) => [`/regulations/${encodeURIComponent(handbook)}`],
  },
  '/settings': { need: 'session', at: alone('/settings') },
  '/settings/members': { need: administer, at: alone('/settings/members') },
  '/settings/rules': { need: administer, at: alone('/settings/rules') },
  '/settings/rules/[rule]': { need: administer, at: alone('/settings/rules/DT01') },
  '/settings/api': { need: administer, at: alone('/settings/api') },
  '/settings/invitations': {
    need: { letters: ['W'], in: 'administration' },
    at: alone('/settings/invitations'),
  },
  '/invitation/[token]': { need: 'nothing', at: alone(`/invitation/${'x'.repeat(43)}`) },
  '/settings/privacy': { need: administer, at: alone('/settings/privacy') },
  '/settings/single-sign-on': {
    need: { letters: ['W'], in: 'administration' },
    at: alone('/settings/single-sign-on'),
  },
  '/sign-in/sso': { need: 'nothing', at: alone('/sign-in/sso') },
  '/settings/security': { need: 'session', at: alone('/settings/security') },
  '/sign-in/code': { need: 'nothing', at: alone('/sign-in/code') },
  '/sign-in/show-passkey': { need: 'nothing', at: alone('/sign-in/show-passkey') },
  '/sign-in/enrol-passkey': { need: 'nothing', at: alone('/sign-in/enrol-passkey') },
  '/sign-in': { need: 'nothing', at: alone('/sign-in') },
  '/gallery': { need: 'nothing', at: alone('/gallery') },
  '/sign-out': { need: 'session', at: alone('/sign-out') },
  '/tenant': { need: 'session', at: alone('/tenant') },
};

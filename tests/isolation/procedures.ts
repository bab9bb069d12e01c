import { modules } from '#contracts/modules';
import { noBoardQuery } from '#contracts/screens/board';
import { noAuditQuery } from '#contracts/screens/audit';
import { areas, type Area } from '#contracts/roles';
import type { Handles } from './known.ts';
import { lettersOf, type Letter } from './role-table.ts';
import type { Asker } from './viewers.ts';

/** What the product asks of whoever calls: one of the letters in the area, or in any of the six modules. */
export type Need =
  | 'nothing'
  | 'session'
  | 'own record'
  /** How the whole platform runs: for the role that oversees every company. */
  | 'operations'
  | { readonly letters: readonly Letter[]; readonly in: Area | 'any module' };

export interface Expectation {
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly need: Need;
  /**
   * Code with which somebody who is let in is told which right the thing itself asks for: only who may see it is told.
   */
  readonly deniedAs?: string;
  /** Requests that touch the things of a company: of one's own, and of another. */
  inputs(of: Handles): readonly unknown[];
}

export function mayAsk({ role }: Asker, need: Need): boolean {
  if (need === 'nothing') return true;
  if (role === undefined) return false;
  if (need === 'session') return true;
  if (need === 'own record') return role === null;
  if (need === 'operations') return role === 'ComplianceManager';
  // A field worker sees and only sees, and only their own record.
  if (role === null) return need.in === 'any module' && need.letters.includes('V');
  const asked = need.in === 'any module' ? areas.filter((area) => isModule(area)) : [need.in];
  return asked.some((area) => need.letters.some((letter) => lettersOf(role, area).includes(letter)));
}

const isModule = (area: Area): boolean => (modules as readonly string[]).includes(area);

const sight: Need = { letters: ['V', 'S', 'D'], in: 'any module' };
const reading: Need = { letters: ['V'], in: 'any module' };
const change: Need = { letters: ['W'], in: 'any module' };
/** D is "view and export, de-identified only", and the list goes out without names. */
const carryOut: Need = { letters: ['X', 'D'], in: 'any module' };
/** A part in what two people do together: whoever may export or approve anything. */
const dualControl: Need = { letters: ['X', 'A'], in: 'any module' };
const administer = (letter: Letter): Need => ({ letters: [letter], in: 'administration' });

const query = (need: Need, inputs: Expectation['inputs'] = () => [undefined]): Expectation => ({
  kind: 'query',
  need,
  inputs,
});

const allPhases = { phases: [], divisionIds: [], locationIds: [], jobRoleIds: [] };
const places = ({ division, location }: Handles) => [
  { divisionIds: [division], locationIds: [] },
  { divisionIds: [], locationIds: [location] },
];
const overviewOf = (filter: object) => ({
  filter: { divisionId: null, locationId: null, jobRoleId: null, ...filter },
  asOf: null,
});
const alertViews = ['raised', 'acknowledged', 'mine', 'muted', 'ended'];
const openLetters = { vendor: null, reason: null, status: 'open', offset: 0, limit: 100 };

/** Every procedure of the API. One that is missing here fails the test: decide what it needs before it ships. */
export const procedures: Readonly<Record<string, Expectation>> = {
  'session.me': query('session'),
  'session.choose': {
    kind: 'mutation',
    need: 'session',
    inputs: () => [{ to: 'ten_of.nobody' }],
  },
  'frame.get': query('session'),
  'live.clock': query('nothing'),
  'live.flags': { kind: 'subscription', need: sight, inputs: () => [{ after: 0 }] },
  'overview.read': {
    ...query(sight, ({ division }) => [overviewOf({}), overviewOf({ divisionId: division })]),
    // Of fewer than five people no number is told to who may not know them.
    deniedAs: 'overview.too_few',
  },
  'board.page': query(sight, (of) => {
    const page = { offset: 0, limit: 200 };
    const all = { ...noBoardQuery, ...allPhases };
    const searches = ['Alder', 'Borealis', 'first1'].map((text) => ({ ...all, text }));
    const grouped = ['location', 'jobRole'].map((group) => ({ ...all, group }));
    const placed = places(of).map((place) => ({ ...all, ...place }));
    return [all, ...searches, ...grouped, ...placed].map((one) => ({ query: one, ...page }));
  }),
  'board.choices': query(sight),
  'board.columns': query(sight),
  'board.setColumns': { kind: 'mutation', need: sight, inputs: () => [{ hidden: ['site'] }] },
  'people.list': query(sight, (of) => {
    const all = { ...allPhases, text: '', sort: 'number' };
    const asked = [all, { ...all, text: 'num3' }, ...places(of).map((place) => ({ ...all, ...place }))];
    return asked.map((one) => ({ query: one, offset: 0, limit: 200 }));
  }),
  'people.export': {
    kind: 'mutation',
    need: carryOut,
    inputs: () => [
      {
        ...allPhases,
        text: '',
        sort: 'name',
      },
    ],
  },
  'person.page': query(sight, ({ people }) => people.map((employeeId) => ({ employeeId, asOf: null }))),
  'person.why': query(sight, ({ people }) =>
    people.flatMap((employeeId) => modules.map((module) => ({ employeeId, module, asOf: null }))),
  ),
  'person.openGuarded': {
    kind: 'mutation',
    need: { letters: ['V'], in: 'background' },
    inputs: ({ people }) =>
      people.slice(0, 1).map((employeeId) => ({
        ...{ employeeId, module: 'background', purpose: 'audit', caseRef: 'case 1' },
        words: 'tried by a test',
      })),
  },
  'person.mine': query('own record'),
  'alerts.list': query(sight, ({ people }) => {
    const none = { view: 'raised', module: null, severity: null, employeeId: null };
    const asked = [
      ...alertViews.map((view) => ({ ...none, view })),
      ...modules.map((module) => ({ ...none, module })),
      ...people.map((employeeId) => ({ ...none, employeeId })),
    ];
    return asked.map((one) => ({ query: one, offset: 0, limit: 200 }));
  }),
  'alerts.act': {
    kind: 'mutation',
    need: change,
    deniedAs: 'alerts.act_denied',
    inputs: ({ alerts }) =>
      [...alerts.values()].map((ids) => ({
        act: 'assign',
        alertIds: ids.slice(0, 1),
        to: 'nobody',
      })),
  },
  'approvals.list': query(dualControl, () =>
    ['waiting', 'mine', 'all'].map((view) => ({ view, offset: 0, limit: 100 })),
  ),
  'approvals.request': {
    kind: 'mutation',
    need: dualControl,
    deniedAs: 'approvals.request_denied',
    inputs: ({ division }) => [
      {
        order: {
          kind: 'pii_export',
          payload: {
            query: { ...allPhases, divisionIds: [division], text: '', sort: 'name' },
            modules: ['training'],
          },
        },
        reason: 'tried by a test',
      },
    ],
  },
  'approvals.decide': {
    kind: 'mutation',
    need: dualControl,
    // Nobody here has shown a second factor.
    deniedAs: 'identity.factor_missing',
    inputs: ({ approvals }) => approvals.map((id) => ({ id, verdict: 'approve', reason: 'tried by a test' })),
  },
  'approvals.withdraw': {
    kind: 'mutation',
    need: dualControl,
    deniedAs: 'approvals.not_yours',
    inputs: ({ approvals }) => approvals.map((id) => ({ id })),
  },
  'approvals.fetch': {
    kind: 'mutation',
    need: dualControl,
    deniedAs: 'identity.factor_missing',
    inputs: ({ approvals }) => approvals.map((id) => ({ id })),
  },
  'approvals.follow': { kind: 'subscription', need: dualControl, inputs: () => [undefined] },
  'explorer.catalogue': query(sight),
  'explorer.format': query(sight, () => [{ sql: 'select name from people' }]),
  'explorer.run': {
    kind: 'mutation',
    need: sight,
    inputs: ({ people }) => [
      ...['people', 'flags', 'flag_changes'].map((view) => ({ sql: `SELECT * FROM ${view}` })),
      { sql: `SELECT * FROM people WHERE employee_id = '${people[1]}'` },
      { sql: 'SELECT module, flag, count() FROM flags GROUP BY module, flag' },
    ],
  },
  'audit.list': query(administer('V'), ({ people }) => {
    const asked = [
      noAuditQuery,
      { ...noAuditQuery, text: 'Alder' },
      { ...noAuditQuery, text: 'Borealis' },
      ...people.map((subjectId) => ({ ...noAuditQuery, subjectId })),
    ];
    return asked.map((one) => ({ query: one, limit: 200, before: null }));
  }),
  'audit.get': query(administer('V'), ({ auditEntries }) => auditEntries.map((id) => ({ id }))),
  'audit.verify': { kind: 'subscription', need: administer('V'), inputs: () => [undefined] },
  'incidents.list': query(administer('V'), () =>
    ['waiting', 'answered', 'ended'].map((view) => ({ view, offset: 0, limit: 200 })),
  ),
  'incidents.get': query(administer('V'), ({ incidents }) => incidents.map((id) => ({ id }))),
  'incidents.act': {
    kind: 'mutation',
    need: administer('W'),
    inputs: ({ incidents }) => incidents.map((id) => ({ id, act: 'acknowledge', note: '' })),
  },
  'incidents.thresholds': query(administer('V')),
  'incidents.tune': {
    kind: 'mutation',
    need: administer('W'),
    inputs: () => [{ detector: 'failed_sign_ins', numbers: { failures: 5, withinMinutes: 15 } }],
  },
  'integrations.read': query(administer('V')),
  'integrations.deadLetters': query(administer('V'), () => [openLetters]),
  'integrations.deadLetter': query(administer('V'), ({ deadLetters }) => deadLetters.map((id) => ({ id }))),
  'integrations.act': {
    kind: 'mutation',
    need: administer('W'),
    inputs: ({ deadLetters, people }) => [
      {
        act: 'match',
        id: deadLetters[0],
        employeeId: people[0],
      },
      {
        act: 'requeue',
        ids: deadLetters,
      },
      {
        act: 'discard',
        ids: deadLetters,
        why: 'tried by a test',
      },
    ],
  },
  'integrations.admitPeople': {
    kind: 'mutation',
    need: administer('W'),
    inputs: ({ endpoints }) => endpoints.map((endpointId) => ({ endpointId, admits: false })),
  },
  'integrations.simulate': {
    kind: 'mutation',
    need: administer('W'),
    inputs: () => [
      {
        act: 'start',
        rate: 1,
      },
      { act: 'stop' },
    ],
  },
  'reviews.list': query(reading, ({ people }) => {
    const none = { status: 'open', module: null, employeeId: null };
    const asked = [
      none,
      { ...none, status: 'resolved' },
      ...[...modules, 'people'].map((module) => ({ ...none, module })),
      ...people.map((employeeId) => ({ ...none, employeeId })),
    ];
    return asked.map((one) => ({ query: one, offset: 0, limit: 200 }));
  }),
  'reviews.settle': {
    kind: 'mutation',
    need: change,
    inputs: ({ reviews }) => reviews.map((id) => ({ ids: [id], note: 'tried by a test' })),
  },
  'apiAccess.clients': query(administer('V')),
  'apiAccess.groups': query(administer('V')),
  'apiAccess.create': {
    kind: 'mutation',
    need: administer('W'),
    deniedAs: 'identity.proof_needed',
    inputs: ({ division }) => {
      const client = {
        kind: 'key',
        name: 'tried by a test',
        scopes: ['training:view'],
        ratePerMinute: null,
        days: 1,
      };
      return [{ ...client, divisionIds: [division], locationIds: null }];
    },
  },
  'apiAccess.revoke': {
    kind: 'mutation',
    need: administer('W'),
    inputs: ({ apiClients }) => apiClients.slice(0, 1).map((id) => ({ id })),
  },
  'apiAccess.mapGroup': {
    kind: 'mutation',
    need: administer('W'),
    deniedAs: 'identity.proof_needed',
    inputs: ({ scimGroups }) =>
      scimGroups.map((groupId) => ({ groupId, role: null, divisionIds: null, locationIds: null })),
  },
  'invitations.list': query(administer('W')),
  'invitations.invite': {
    kind: 'mutation',
    need: administer('W'),
    inputs: ({ division }) => [
      {
        email: 'tried-by-a-test@example.com',
        name: 'Tried',
        role: 'SafetyManager',
        divisionIds: [division],
        locationIds: null,
      },
    ],
  },
  'invitations.resend': {
    kind: 'mutation',
    need: administer('W'),
    inputs: ({ invitations }) => invitations.map((id) => ({ id })),
  },
  'invitations.revoke': {
    kind: 'mutation',
    need: administer('W'),
    inputs: ({ invitations }) => invitations.map((id) => ({ id })),
  },
  // Whoever has the link was sent it; nobody here has one.
  'invitations.show': query('nothing', () => [{ token: 'x'.repeat(43) }]),
  'invitations.accept': {
    kind: 'mutation',
    need: 'nothing',
    inputs: () => [{ token: 'x'.repeat(43), password: 'correct horse battery' }],
  },
  'singleSignOn.list': query(administer('W')),
  'singleSignOn.register': {
    kind: 'mutation',
    need: administer('W'),
    inputs: () => [
      {
        kind: 'oidc',
        name: 'Tried',
        issuer: 'https://127.0.0.1',
        clientId: 'x',
        clientSecret: 'x',
        domain: 'tried.example',
        defaultRole: 'SafetyManager',
      },
    ],
  },
  'singleSignOn.verifyDomain': {
    kind: 'mutation',
    need: administer('W'),
    inputs: ({ identityProviders }) => identityProviders.map((id) => ({ id })),
  },
  'singleSignOn.remove': {
    kind: 'mutation',
    need: administer('W'),
    inputs: ({ identityProviders }) => identityProviders.map((id) => ({ id })),
  },
  // Each answers about the asker's own account; a session that is not one's own is not found.
  'security.read': query('session'),
  'security.factors': query('session'),
  'security.endDevice': { kind: 'mutation', need: 'session', inputs: () => [{ id: 'no-such-session' }] },
  'status.read': query(administer('V')),
  'status.platform': query('operations'),
  // The law is everybody's; a document of a company is found by its words.
  'regulations.search': query('session', ({ handbook }) => [{ text: handbook }]),
  'regulations.section': query('session', ({ handbook }) => [{ citation: handbook }]),
  'settings.rules': query(administer('V')),
  'settings.rule': query(administer('V'), () => [{ id: 'DT06' }]),
  'settings.read': query('session'),
  'privacy.settings': query(administer('V')),
  'privacy.panel': query(sight, ({ people }) => people.map((employeeId) => ({ employeeId }))),
  'privacy.reveal': {
    kind: 'mutation',
    need: reading,
    deniedAs: 'privacy.reveal_denied',
    inputs: ({ people }) =>
      people.flatMap((employeeId) =>
        ['birthDate', 'externalIds'].map((field) => ({
          employeeId,
          field,
          purpose: 'other',
          words: 'tried by a test',
        })),
      ),
  },
  'privacy.erase': {
    kind: 'mutation',
    need: administer('A'),
    deniedAs: 'privacy.erasure_denied',
    inputs: ({ people }) =>
      people.map((employeeId) => ({
        employeeId,
        number: 'nobody has this',
        basis: 'asked_by_person',
        caseRef: 'tried by a test',
      })),
  },
  'settings.nameRoles': {
    kind: 'mutation',
    need: administer('W'),
    // Leaves the words as they are.
    inputs: () => [{ labels: {} }],
  },
  'members.list': query(administer('V'), () => [{ offset: 0, limit: 200 }]),
  'members.give': {
    kind: 'mutation',
    need: administer('W'),
    inputs: () => [
      {
        ...{ userId: `usr_${'0'.repeat(26)}`, role: 'DER', beside: false, reason: 'tried by a test' },
        ...{ divisionIds: null, locationIds: null, assignedTenantIds: [] },
      },
    ],
  },
};

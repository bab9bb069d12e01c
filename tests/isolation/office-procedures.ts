import { noAuditQuery } from '#contracts/screens/audit';
import { sight, naming, reading, dualControl, administer, query, type Expectation } from './needs.ts';

const allPhases = { phases: [], divisionIds: [], locationIds: [], jobRoleIds: [] };
const openLetters = { vendor: null, reason: null, status: 'open', offset: 0, limit: 100 };

/** Procedures of who runs a company's account: log, vendors, members, approvals, settings. */
export const officeProcedures: Readonly<Record<string, Expectation>> = {
  'approvals.list': query(dualControl, () =>
    ['waiting', 'mine', 'all'].map((view) => ({ view, offset: 0, limit: 100 })),
  ),
  'approvals.request': {
    kind: 'mutation',
    need: dualControl,
    deniedAs: 'approvals.request_denied',
    inputs: ({ division, people: [, employeeId] }) => {
      const within = { ...allPhases, divisionIds: [division], text: '', sort: 'name' };
      const orders = [
        { kind: 'pii_export', payload: { query: within, modules: ['training'] } },
        { kind: 'pii_export', payload: { query: { ...within, divisionIds: [] }, modules: ['training'] } },
        { kind: 'dq_packet', payload: { employeeId } },
        { kind: 'person_package', payload: { employeeId } },
        { kind: 'legal_hold', payload: { act: 'place', employeeId, matter: 'case 2' } },
      ];
      return orders.map((order) => ({ order, reason: 'tried by a test' }));
    },
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
    deniedAs: 'approvals.not_yours',
    inputs: ({ approvals }) => approvals.map((id) => ({ id })),
  },
  'approvals.follow': { kind: 'subscription', need: dualControl, inputs: () => [undefined] },
  'explorer.catalogue': query(naming),
  'explorer.format': query(naming, () => [{ sql: 'select name from people' }]),
  'explorer.run': {
    kind: 'mutation',
    need: naming,
    inputs: ({ people }) => [
      { sql: 'SELECT 1' },
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
        userId: `usr_${'0'.repeat(26)}`,
        role: 'DER',
        beside: false,
        reason: 'tried by a test',
        divisionIds: null,
        locationIds: null,
        assignedTenantIds: [],
      },
    ],
  },
};

import { noBoardQuery } from '#contracts/screens/board';
import { modules } from '#contracts/modules';
import type { Handles } from './known.ts';
import { sight, reading, change, carryOut, query, type Expectation } from './needs.ts';

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

/** Procedures of the screens about people. */
export const screenProcedures: Readonly<Record<string, Expectation>> = {
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
        employeeId,
        module: 'background',
        purpose: 'audit',
        caseRef: 'case 1',
        words: 'tried by a test',
      })),
  },
  'person.mine': query('own record'),
  'derIq.home': query(sight),
  // Nobody's conversations but one's own, whatever the role.
  'derIq.conversation': query(sight, ({ conversations }) => conversations.map((id) => ({ id }))),
  'derIq.rate': {
    kind: 'mutation',
    need: sight,
    inputs: ({ conversationTurns }) => conversationTurns.map((turnId) => ({ turnId, feedback: 1 })),
  },
  'derIq.remove': {
    kind: 'mutation',
    need: sight,
    inputs: ({ conversations }) => conversations.map((id) => ({ id })),
  },
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
};

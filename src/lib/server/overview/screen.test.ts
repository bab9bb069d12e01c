import { describe, expect, it } from 'vitest';
import type { Role } from '#contracts/roles';
import { overviewSchema } from '#contracts/screens/overview';
import { authorize } from '#domain/identity';
import { createCountingIds } from '#platform/ids';
import type { Overview as Measured } from '#warehouse';
import { createPseudonyms } from '../pseudonyms.ts';
import { viewer } from '../testing.ts';
import { screenOf } from './screen.ts';

const ids = createCountingIds();
const tenantId = ids.next('tenant');
const divisionId = ids.next('division');
const employeeId = ids.next('employee');
const counts = { red: 1, stale: 0, yellow: 2, green: 7, onHold: 1 };
const counted = { counts, total: 10, rate: 0.7 };
const day = (of: string) => ({ day: of, ...counted });

/** 21 November 03:30 in UTC is still the evening of the 20th in Chicago. */
const measured: Measured = {
  at: '2026-11-21T03:30:00.000Z',
  ...counted,
  divisions: 1,
  locations: 2,
  rate30DaysAgo: 0.6,
  difference24h: { red: 1, stale: 0, yellow: -1, green: 0, onHold: 1 },
  modules: [{ module: 'dot', ...counted, rate30DaysAgo: null }],
  heatMap: [{ divisionId, divisionName: 'Tank', ...counted, modules: { dot: counted } }],
  trend: [day('2026-11-17'), day('2026-11-19'), day('2026-11-20')],
  forecast: [day('2026-11-22')],
  fallsDue: {
    weeks: [
      {
        from: '2026-11-21T03:30:00.000Z',
        to: '2026-11-28T03:30:00.000Z',
        flags: 5,
        byModule: { dot: 2, training: 3 },
      },
    ],
    in30Days: 5,
    in60Days: 5,
    in90Days: 5,
  },
  lastHour: {
    changes: [
      {
        id: ids.next('flagChange'),
        employee_id: employeeId,
        name: 'Wendell Achterberg',
        division_id: divisionId,
        location_id: '',
        job_role_id: '',
        module: 'background',
        from_flag: 'green',
        from_hold: false,
        to_flag: 'red',
        to_hold: true,
        short: 'Adverse',
        summary: 'Final adverse decision.',
        lead_rule_id: 'BG01',
        decided_at: '2026-11-21 03:29:00.000',
      },
    ],
    total: 1,
    worse: 1,
  },
};

function seenBy(role: Role, parts: Partial<Measured> = {}) {
  const division = role === 'SafetyManager' ? { divisionIds: [divisionId] } : {};
  return screenOf({
    phase: 'all',
    measured: { ...measured, ...parts },
    zone: 'America/Chicago',
    target: null,
    scope: authorize(viewer(tenantId, { role, ...division }), 'see', 'any-module'),
    pseudonyms: createPseudonyms(new Uint8Array(32)),
  });
}

describe('the overview as a screen', () => {
  it('keeps its contract', () => {
    expect(overviewSchema.parse(seenBy('CompanyAdmin'))).toMatchObject({ people: 10, locations: 2 });
  });

  it('ends the line today by the tenant’s clock and leaves unknown days as gaps', () => {
    expect(seenBy('CompanyAdmin').trend.past).toEqual([
      { day: '2026-11-17', rate: 0.7 },
      { day: '2026-11-18', rate: null },
      { day: '2026-11-19', rate: 0.7 },
      { day: '2026-11-20', rate: 0.7 },
    ]);
  });

  it('claims no change where nothing was known before', () => {
    expect(seenBy('CompanyAdmin', { trend: [] }).headline.change24h).toBeNull();
    expect(seenBy('CompanyAdmin', { rate30DaysAgo: null }).headline.change30d).toBeNull();
    // The last full day against the 30th before it: both count everyone required.
    expect(seenBy('CompanyAdmin').headline.change30d).toBeCloseTo(0.1);
  });

  it('writes weeks with their last day inside, and names what is commonest', () => {
    expect(seenBy('CompanyAdmin').fallsDue.buckets).toEqual([
      { from: '2026-11-20', to: '2026-11-26', count: 5, lead: { title: 'Training', count: 3 } },
    ]);
  });
});

const change = (role: Role) => seenBy(role).recent.changes[0];

describe('who sees what of a change', () => {
  it('tells those who see the module all of it', () => {
    expect(change('CompanyAdmin')).toMatchObject({
      employeeId,
      name: 'Wendell Achterberg',
      summary: 'Final adverse decision.',
      at: '2026-11-21T03:29:00.000Z',
    });
  });
  it('keeps the reason from those who see the status only', () => {
    expect(change('SafetyManager')).toMatchObject({ name: 'Wendell Achterberg', summary: '' });
  });
  it('keeps the person from those who see no names', () => {
    const seen = change('Auditor');
    expect(seen?.employeeId).toBeNull();
    expect(seen?.name).toMatch(/^Person /);
    expect(seen?.summary).toBe('');
  });
});

import { describe, expect, it } from 'vitest';
import { detect } from './detect.ts';
import type { Denial, Facts, KnownNetworks, Locate, PrivilegeChange, Reading, SignIn } from './facts.ts';
import type { DetectorName } from './thresholds.ts';
import { thresholdsOf } from './thresholds.ts';

const startMs = Date.parse('2026-11-20T12:00:00.000Z');
/** Minutes after noon. */
const at = (minutes: number): string => new Date(startMs + minutes * 60_000).toISOString();
const none: Facts = {
  signIns: [],
  privilegeChanges: [],
  readings: [],
  denials: [],
  known: new Map(),
  administrators: new Set(),
};
const nowhere: Locate = () => null;

let made = 0;
function fact(userId: string, minutes: number, ip: string | null = '192.0.2.1') {
  made += 1;
  return { key: `k${made}`, at: at(minutes), userId, userName: userId, ip, auditEntryId: null };
}
const failed = (user: string, minutes: number, ip?: string): SignIn => ({
  ...fact(user, minutes, ip),
  outcome: 'failed',
  device: null,
});
const entered = (user: string, minutes: number, ip?: string, device: string | null = null): SignIn => ({
  ...fact(user, minutes, ip),
  outcome: 'succeeded',
  device,
});
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

function findings(
  facts: Partial<Facts>,
  only?: DetectorName,
  locate = nowhere,
  settled: readonly string[] = [],
) {
  const found = detect(
    { ...none, ...facts },
    {
      thresholds: thresholdsOf({}),
      locate,
      settled: new Map(only === undefined ? [] : [[only, new Set(settled)]]),
    },
  );
  return only === undefined ? found : found.filter(({ detector }) => detector === only);
}

describe('failed sign-ins', () => {
  it('five within a quarter of an hour are one incident, four are none', () => {
    expect(findings({ signIns: times(4, (n) => failed('ann', n)) })).toEqual([]);
    const [finding, ...others] = findings({ signIns: times(5, (n) => failed('ann', n)) });
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      detector: 'failed_sign_ins',
      severity: 'warning',
      subject: { id: 'ann' },
    });
    expect(finding?.evidence).toHaveLength(5);
  });

  it('slower than the window they are none', () => {
    expect(findings({ signIns: times(9, (n) => failed('ann', n * 4)) })).toEqual([]);
  });

  it('getting in from the same network after them is critical, from elsewhere it is not', () => {
    const failures = times(5, (n) => failed('ann', n, '198.51.100.7'));
    const same = findings({ signIns: [...failures, entered('ann', 9, '198.51.100.80')] }, 'failed_sign_ins');
    expect(same.map(({ severity }) => severity)).toEqual(['critical']);
    const other = findings({ signIns: [...failures, entered('ann', 9, '192.0.2.1')] }, 'failed_sign_ins');
    expect(other.map(({ severity }) => severity)).toEqual(['warning']);
  });

  it('what was judged counts no more', () => {
    const signIns = times(5, (n) => failed('ann', n));
    const judged = signIns.map(({ key }) => key);
    expect(findings({ signIns: [...signIns, failed('ann', 6)] }, 'failed_sign_ins', nowhere, judged)).toEqual(
      [],
    );
  });
});

it('one network that fails for four accounts is a spray; one account from four networks is not', () => {
  const spray = times(4, (n) => failed(`user${n}`, n * 10, `198.51.100.${n}`));
  expect(findings({ signIns: spray })).toMatchObject([
    { detector: 'password_spray', severity: 'critical', subject: { type: 'network', id: '198.51.100.0/24' } },
  ]);
  expect(findings({ signIns: times(4, (n) => failed('ann', n * 10, `198.51.${n}.1`)) })).toEqual([]);
});

const known = (signIns: number, devices: readonly string[] = []): ReadonlyMap<string, KnownNetworks> =>
  new Map([['ann', { networks: new Set(['192.0.2.0/24']), devices: new Set(devices), signIns }]]);

describe('a new network', () => {
  it('is told once there is something to compare with, graver for who administers', () => {
    const signIns = [entered('ann', 0, '203.0.113.9')];
    expect(findings({ signIns, known: known(2) })).toEqual([]);
    expect(findings({ signIns, known: known(3) })).toMatchObject([
      { detector: 'new_network', severity: 'notice' },
    ]);
    const administrators = new Set(['ann']);
    expect(findings({ signIns, known: known(3), administrators })).toMatchObject([{ severity: 'warning' }]);
    expect(findings({ signIns: [entered('ann', 0, '192.0.2.200')], known: known(3) })).toEqual([]);
  });

  it('a new device counts where devices were recorded before', () => {
    const signIns = [entered('ann', 0, '192.0.2.4', 'phone')];
    expect(findings({ signIns, known: known(3) })).toEqual([]);
    expect(findings({ signIns, known: known(3, ['desk']) })).toHaveLength(1);
  });

  it('once judged, the network is known', () => {
    const first = entered('ann', 0, '203.0.113.9');
    const again = entered('ann', 30, '203.0.113.10');
    const facts = { signIns: [first, again], known: known(3) };
    expect(findings(facts, 'new_network')[0]?.evidence).toHaveLength(2);
    expect(findings(facts, 'new_network', nowhere, [first.key])).toEqual([]);
  });
});

const places: Readonly<Record<string, ReturnType<Locate>>> = {
  '198.51.100.1': { latitude: 41.88, longitude: -87.63, place: 'Chicago' },
  '203.0.113.1': { latitude: 51.51, longitude: -0.13, place: 'London' },
  '192.0.2.1': { latitude: 42.33, longitude: -83.05, place: 'Detroit' },
};
const map: Locate = (ip) => places[ip] ?? null;
const near: Locate = (ip) =>
  ip === '192.0.2.1' ? { latitude: 42, longitude: -88, place: 'Elgin' } : map(ip);
const pair = (minutes: number, from: string, to: string) => ({
  signIns: [entered('ann', 0, from), entered('ann', minutes, to)],
});

describe('impossible travel', () => {
  it('Chicago to London takes longer than four hours, and not longer than eight', () => {
    const found = findings(pair(240, '198.51.100.1', '203.0.113.1'), 'impossible_travel', map);
    expect(found).toMatchObject([{ severity: 'critical' }]);
    expect(found[0]?.evidence.at(-1)?.words).toMatch(/63\d\d km from Chicago in 240 min/);
    expect(findings(pair(480, '198.51.100.1', '203.0.113.1'), 'impossible_travel', map)).toEqual([]);
  });

  it('a journey too short to judge by such a map is none', () => {
    expect(findings(pair(1, '198.51.100.1', '192.0.2.1'), 'impossible_travel', near)).toEqual([]);
  });

  it('without a map: two networks within five minutes, and only a warning', () => {
    expect(findings(pair(4, '198.51.100.1', '203.0.113.1'), 'impossible_travel')).toMatchObject([
      { severity: 'warning' },
    ]);
    expect(findings(pair(6, '198.51.100.1', '203.0.113.1'), 'impossible_travel')).toEqual([]);
    expect(findings(pair(1, '198.51.100.1', '198.51.100.2'), 'impossible_travel')).toEqual([]);
  });
});

const change = (by: string, of: string, minutes: number, privilegedRole: string | null): PrivilegeChange => ({
  ...fact(by, minutes),
  act: 'identity:membership:change',
  of,
  privilegedRole,
});

describe('privilege changes', () => {
  it('tells a role of administration, one’s own access, and many changes', () => {
    expect(findings({ privilegeChanges: [change('ann', 'bob', 0, null)] })).toEqual([]);
    expect(findings({ privilegeChanges: [change('ann', 'bob', 0, 'CompanyAdmin')] })).toMatchObject([
      { severity: 'warning' },
    ]);
    expect(findings({ privilegeChanges: [change('ann', 'ann', 0, null)] })).toMatchObject([
      { severity: 'critical' },
    ]);
    const many = times(5, (n) => change('ann', `user${n}`, n, null));
    expect(findings({ privilegeChanges: many })).toMatchObject([{ severity: 'critical' }]);
  });
});

const opened = (count: number): Reading[] =>
  times(10, (n) => ({ ...fact('ann', n), how: 'opened' as const, people: count / 10 }));

const exported = (people: number): Reading[] => [{ ...fact('ann', 0), how: 'exported', people }];

it('bulk reads: a hundred records in half an hour, or an export of two thousand people', () => {
  expect(findings({ readings: opened(90) })).toEqual([]);
  expect(findings({ readings: opened(100) })).toMatchObject([{ detector: 'bulk_read', severity: 'warning' }]);
  expect(findings({ readings: opened(300) })).toMatchObject([{ severity: 'critical' }]);
  expect(findings({ readings: exported(1999) })).toEqual([]);
  expect(findings({ readings: exported(2000) })).toMatchObject([{ severity: 'critical' }]);
});

const denied = (count: number, things: number): Denial[] =>
  times(things, (n) => ({ ...fact('ann', n), what: `thing.${n}`, count }));

it('repeated denials: ten in a quarter of an hour; for four things it is probing', () => {
  expect(findings({ denials: denied(9, 1) })).toEqual([]);
  expect(findings({ denials: denied(10, 1) })).toMatchObject([{ severity: 'warning' }]);
  expect(findings({ denials: denied(3, 4) })).toMatchObject([{ severity: 'critical' }]);
});

it('a tenant’s own numbers hold within the bounds, and nonsense falls back', () => {
  const { failed_sign_ins: own } = thresholdsOf({ failed_sign_ins: { failures: 3 } });
  expect(own).toEqual({ failures: 3, withinMinutes: 15 });
  expect(thresholdsOf({ failed_sign_ins: { failures: 0 } }).failed_sign_ins.failures).toBe(5);
});

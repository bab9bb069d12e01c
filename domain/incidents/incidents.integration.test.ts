import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TenantId, UserId } from '#contracts/ids';
import { systemContext, verifyAudit, type AuditDraft } from '#domain/audit';
import { authorize, type Viewer } from '#domain/identity';
import { createAccessTally, createIncidents, type Incidents } from '#domain/incidents';
import { openWorld, type World } from '../../tests/support/world.ts';

let world: World;
let incidents: Incidents;
/** Each test has a company of its own. */
let tenantId: TenantId;
beforeAll(async () => {
  world = await openWorld();
  incidents = createIncidents({ ...world, ...world.domain, locate: () => null });
});
beforeEach(async () => {
  const tenant = { kind: 'service' as const, name: 'Watched Haulage', zone: 'America/Chicago' };
  tenantId = await world.identity.createTenant(tenant, systemContext('test'));
});
afterAll(() => world.close());

const minuteMs = 60_000;

function viewer(id = world.ids.next('user') as UserId): Viewer {
  return {
    user: { id, name: 'Dana', email: 'dana@example.com' },
    membership: {
      id: world.ids.next('membership'),
      tenantId,
      role: 'CompanyAdmin',
      divisionIds: null,
      locationIds: null,
      employeeId: null,
      actsFor: [],
    },
    actingTenantId: tenantId,
  };
}
const scope = (who = viewer()) => authorize(who, 'write', 'administration');
const context = () => ({
  actor: { type: 'user' as const, id: 'usr_d', name: 'Dana' },
  ip: null,
  sessionId: null,
  requestId: null,
});
const live = ['open', 'acknowledged', 'contained'] as const;
const page = { limit: 50, offset: 0 };

/** An entry in the audit log, as signing in writes it. */
async function log(parts: Partial<AuditDraft> & { act: string }, user = 'usr_ann'): Promise<void> {
  const draft = { ...context(), actor: { type: 'user' as const, id: user, name: user }, ip: '198.51.100.7' };
  await world.postgres.asTenant(tenantId, async (tx) => {
    await world.domain.audit.append(tx, tenantId, [
      { ...draft, subject: { type: 'user', id: user }, ...parts },
    ]);
  });
}
async function failures(count: number, user = 'usr_ann'): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    await log({ act: 'identity:session:refuse' }, user);
    world.clock.advanceMs(minuteMs);
  }
}
const watch = () => incidents.watch(tenantId);
const acts = (order: string) =>
  world.postgres.asTenant(tenantId, async (tx) => {
    const { entries } = await world.domain.audit.list(tx, { act: order }, { limit: 100 });
    return entries.map(({ act }) => act);
  });
const onlyOne = async () => {
  const { incidents: found } = await incidents.list(scope(), live, page);
  expect(found).toHaveLength(1);
  const [one] = found;
  if (one === undefined) throw new Error('there is no incident');
  return one;
};

describe('the watch', () => {
  it('finds an attack within fifteen minutes of its fifth failure', async () => {
    await failures(4);
    expect(await watch()).toMatchObject({ opened: 0 });
    await log({ act: 'identity:session:refuse' });
    const attackedAtMs = world.clock.nowMs();
    // The job runs each minute; fifteen are the promise.
    let found = 0;
    while (found === 0 && world.clock.nowMs() - attackedAtMs < 15 * minuteMs) {
      world.clock.advanceMs(minuteMs);
      found = (await watch()).opened;
    }
    expect(found).toBe(1);
    expect(world.clock.nowMs() - attackedAtMs).toBeLessThanOrEqual(15 * minuteMs);
    expect(await onlyOne()).toMatchObject({
      detector: 'failed_sign_ins',
      state: 'open',
      evidenceCount: 5,
      level: 0,
    });
  });

  it('looks again and tells nothing twice; one incident gathers what goes on', async () => {
    await failures(5);
    expect(await watch()).toMatchObject({ opened: 1, gathered: 0 });
    expect(await watch()).toMatchObject({ opened: 0, gathered: 0 });
    await failures(2);
    expect(await watch()).toMatchObject({ opened: 0, gathered: 1 });
    const { timeline } = await incidents.get(scope(), (await onlyOne()).id);
    expect(timeline.filter(({ kind }) => kind === 'evidence')).toHaveLength(7);
    expect(timeline.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(await acts('incidents:*')).toEqual(['incidents:incident:gather', 'incidents:incident:open']);
  });

  it('two watches at once open one incident', async () => {
    await failures(5);
    const both = await Promise.all([watch(), watch()]);
    expect(both.map(({ opened }) => opened).toSorted((a, b) => a - b)).toEqual([0, 1]);
    await onlyOne();
  });

  it('takes an incident back to open when it goes on after it was contained', async () => {
    await failures(5);
    await watch();
    const { id } = await onlyOne();
    await incidents.act(scope(), { id, act: 'contain', note: 'Password reset' }, context());
    await failures(1);
    await watch();
    expect(await onlyOne()).toMatchObject({ state: 'open', evidenceCount: 6 });
  });

  it('what was judged raises nothing again, what comes after it does', async () => {
    await failures(5);
    await watch();
    const { id } = await onlyOne();
    await incidents.act(scope(), { id, act: 'dismiss', note: 'A forgotten password' }, context());
    await failures(3);
    expect(await watch()).toMatchObject({ opened: 0 });
    await failures(2);
    expect(await watch()).toMatchObject({ opened: 1 });
  });

  it('knows the roles of administration from the log, and leaves what the system did alone', async () => {
    await log({
      act: 'identity:membership:grant',
      subject: { type: 'user', id: 'usr_bob' },
      after: { role: 'DER' },
    });
    const system = { type: 'system' as const, id: 'system:demo', name: 'demo' };
    await log({ act: 'identity:membership:grant', actor: system, after: { role: 'CompanyAdmin' } });
    expect(await watch()).toMatchObject({ opened: 0 });
    await log({
      act: 'identity:membership:grant',
      subject: { type: 'user', id: 'usr_bob' },
      after: { role: 'CompanyAdmin' },
    });
    await watch();
    expect(await onlyOne()).toMatchObject({ detector: 'privilege_change', severity: 'warning' });
  });

  it('compares a sign-in with those of the last ninety days', async () => {
    for (const ip of ['192.0.2.1', '192.0.2.2', '192.0.2.3'])
      await log({ act: 'identity:session:start', ip });
    world.clock.advanceMs(24 * 60 * minuteMs);
    await log({ act: 'identity:session:start', ip: '192.0.2.44' });
    expect(await watch()).toMatchObject({ opened: 0 });
    world.clock.advanceMs(60 * minuteMs);
    await log({ act: 'identity:session:start', ip: '203.0.113.9' });
    await watch();
    expect(await onlyOne()).toMatchObject({ detector: 'new_network', severity: 'notice' });
  });

  it('knows a device by what its browser says, whatever its version', async () => {
    for (const version of ['150.0.1', '151.0.2', '152.1']) {
      await log({ act: 'identity:session:start', after: { agent: `Firefox/${version} (X11; Linux)` } });
    }
    world.clock.advanceMs(24 * 60 * minuteMs);
    await log({ act: 'identity:session:start', after: { agent: 'Firefox/153.0 (X11; Linux)' } });
    expect(await watch()).toMatchObject({ opened: 0 });
    await log({ act: 'identity:session:start', after: { agent: 'Safari/612.1 (iPhone)' } });
    await watch();
    const { timeline } = await incidents.get(scope(), (await onlyOne()).id);
    expect(timeline[0]?.words).toContain('a new device');
  });

  it('counts guarded values that are revealed as records read', async () => {
    for (let n = 0; n < 100; n += 1) {
      await log({ act: 'privacy:field:reveal', subject: { type: 'employee', id: `emp_${n}` } });
    }
    await watch();
    expect(await onlyOne()).toMatchObject({ detector: 'bulk_read', severity: 'warning' });
  });
});

const note = () => ({ tenantId, userId: 'usr_ann' as UserId, userName: 'Ann', ip: null });

describe('access', () => {
  it('denials are counted by the minute and become an incident', async () => {
    const tally = createAccessTally(world);
    for (let n = 0; n < 200; n += 1) tally.denied({ ...note(), what: 'audit.list' });
    await tally.flush();
    await tally.flush();
    const rows = await world.postgres.asTenant(tenantId, (tx) =>
      tx
        .withTables<{ access_tallies: { count: number } }>()
        .selectFrom('access_tallies')
        .select('count')
        .execute(),
    );
    expect(rows).toEqual([{ count: 200 }]);
    await watch();
    expect(await onlyOne()).toMatchObject({ detector: 'repeated_denials', subject: { id: 'usr_ann' } });
  });

  it('the same record again is not another one; a hundred records are bulk', async () => {
    const tally = createAccessTally(world);
    for (let n = 0; n < 500; n += 1) tally.opened({ ...note(), what: 'person.page' }, `emp_${n % 99}`);
    await tally.flush();
    expect(await watch()).toMatchObject({ opened: 0 });
    tally.opened({ ...note(), what: 'person.page' }, 'emp_99');
    await tally.flush();
    await watch();
    expect(await onlyOne()).toMatchObject({ detector: 'bulk_read' });
  });
});

describe('answering', () => {
  it('escalates when nobody answers, by severity, up to the top; an answer stops it', async () => {
    await failures(5);
    await watch();
    for (const level of [1, 2, 3]) {
      world.clock.advanceMs(59 * minuteMs);
      expect(await watch()).toMatchObject({ escalated: 0 });
      world.clock.advanceMs(minuteMs);
      expect(await watch()).toMatchObject({ escalated: 1 });
      expect(await onlyOne()).toMatchObject({ level });
    }
    world.clock.advanceMs(600 * minuteMs);
    expect(await watch()).toMatchObject({ escalated: 0 });
    const filter = { statuses: ['open' as const], modules: [], includeMuted: false, at: world.clock.now() };
    expect(await world.domain.alerts.count(scope(), filter)).toBe(1);
    const { id } = await onlyOne();
    await incidents.act(scope(), { id, act: 'acknowledge', note: '' }, context());
    expect(await onlyOne()).toMatchObject({ state: 'acknowledged', escalatesAt: null });
    expect(await world.domain.alerts.count(scope(), filter)).toBe(0);
  });

  it('goes from open to resolved with every step in the timeline and in the audit log', async () => {
    await failures(5);
    await watch();
    const { id } = await onlyOne();
    const who = viewer();
    await expect(
      incidents.act(scope(who), { id, act: 'resolve', note: 'x' }, context()),
    ).rejects.toMatchObject({
      code: 'incidents.act_refused',
    });
    for (const act of ['acknowledge', 'contain', 'resolve'] as const) {
      await incidents.act(scope(who), { id, act, note: `did ${act}` }, context());
    }
    const { incident, timeline } = await incidents.get(scope(), id);
    expect(incident).toMatchObject({
      state: 'resolved',
      ownerUserId: who.user.id,
      endedAt: world.clock.now(),
    });
    expect(timeline.slice(-3).map(({ words }) => words)).toEqual([
      'Acknowledged: did acknowledge',
      'Contained: did contain',
      'Resolved: did resolve',
    ]);
    expect(await acts('incidents:incident:*')).toEqual([
      'incidents:incident:resolve',
      'incidents:incident:contain',
      'incidents:incident:acknowledge',
      'incidents:incident:open',
    ]);
    expect(await verifyAudit(world.postgres, tenantId)).toMatchObject({ ok: true });
  });

  it('nobody answers the case about themselves', async () => {
    const who = viewer();
    await failures(5, who.user.id);
    await watch();
    const { id } = await onlyOne();
    await expect(
      incidents.act(scope(who), { id, act: 'dismiss', note: 'That was me' }, context()),
    ).rejects.toMatchObject({ kind: 'forbidden', code: 'incidents.own_case' });
  });

  it('a company tunes its numbers, within bounds, on record', async () => {
    const who = scope();
    await incidents.tune(who, 'failed_sign_ins', { failures: 3, withinMinutes: 10 }, context());
    await failures(3);
    expect(await watch()).toMatchObject({ opened: 1 });
    await expect(
      incidents.tune(who, 'failed_sign_ins', { failures: 5000, withinMinutes: 10 }, context()),
    ).rejects.toMatchObject({ code: 'incidents.threshold_invalid' });
    expect(await acts('incidents:threshold:change')).toHaveLength(1);
  });
});

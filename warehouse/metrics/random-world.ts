import * as fc from 'fast-check';
import { flagColours, type FlagColour } from '#contracts/flags';
import type { FlagChanged } from '#contracts/live';
import { modules } from '#contracts/modules';
import type { FlagChangeRow, NamedUnit, PersonRow } from '../loading/rows.ts';
import { testChange, testId } from '../loading/testing.ts';
import type { World } from './reference.ts';

/** Random companies for tests: what happened, as small numbers that shrink well. */
const happening = fc.record({
  tenant: fc.integer({ min: 0, max: 1 }),
  person: fc.integer({ min: 0, max: 7 }),
  module: fc.integer({ min: 0, max: 5 }),
  to: fc.record({ flag: fc.constantFrom(...flagColours), hold: fc.boolean() }),
  audience: fc.constantFrom('all' as const, 'all' as const, 'der' as const, 'others' as const),
  /** Half an hour, so that many fall into the last hour and some exactly on the bounds. */
  halfHoursAgo: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 220 * 24 })),
  next: fc.option(
    fc.record({ hours: fc.integer({ min: -5, max: 2400 }), flag: fc.constantFrom(...flagColours) }),
  ),
  red: fc.option(fc.integer({ min: -5, max: 2400 })),
});
export type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

export const happenings = fc.array(happening, { minLength: 20, maxLength: 160 });

const hourMs = 3_600_000;

const unit = (kind: 'division' | 'location' | 'jobRole', number: number): NamedUnit => ({
  id: testId(kind, number),
  name: `${kind} ${number}`,
});

/** Two companies with eight people each; some people have no division, location or job role. */
export function randomPeople(tenants: readonly [string, string]): PersonRow[] {
  return tenants.flatMap((tenantId, tenant) =>
    Array.from({ length: 8 }, (_, person) => ({
      tenantId,
      employeeId: employeeOf(tenants, tenant, person),
      name: `Person ${person}`,
      phase: 'active' as const,
      division: person % 4 === 3 ? null : unit('division', 1 + (person % 4)),
      location: person % 3 === 2 ? null : unit('location', 1 + (person % 3)),
      jobRole: person % 5 === 4 ? null : unit('jobRole', 1 + (person % 2)),
      updatedAt: '2026-11-01T00:00:00.000Z',
    })),
  );
}

function employeeOf(tenants: readonly [string, string], tenant: number, person: number): string {
  return testId('employee', Number(tenants[tenant]?.slice(5)) * 100 + person);
}

/** The changes that the happenings leave behind, each flag's `from` being its last `to` for the same audience. */
export function buildWorld(
  tenants: readonly [string, string],
  found: readonly Happening[],
  nowMs: number,
): World & { rows: FlagChangeRow[] } {
  const people = randomPeople(tenants);
  const last = new Map<string, { flag: FlagColour; hold: boolean }>();
  const changes: FlagChanged[] = [];
  for (const each of found.toSorted((a, b) => b.halfHoursAgo - a.halfHoursAgo)) {
    const employeeId = employeeOf(tenants, each.tenant, each.person);
    const key = (audience: string) => `${employeeId}/${each.module}/${audience}`;
    const before = (audience: string) => last.get(key(audience)) ?? { flag: 'none' as const, hold: false };
    const [der, others] = [before('der'), before('others')];
    const isSame = der.flag === others.flag && der.hold === others.hold;
    const audiences = each.audience !== 'all' ? [each.audience] : isSame ? ['all'] : ['der', 'others'];
    for (const audience of audiences) {
      const from = before(audience === 'all' ? 'others' : audience);
      for (const view of audience === 'all' ? ['der', 'others'] : [audience]) last.set(key(view), each.to);
      changes.push(
        makeChange(tenants, people, each, { audience, from, sequence: changes.length + 1, nowMs }),
      );
    }
  }
  const rows = changes.map((change, at) => ({
    change,
    at: { topic: `flags-${tenants[0]}`, partition: 0, offset: BigInt(at) },
  }));
  const histories = Map.groupBy(changes.toReversed(), (change) => `${change.employeeId}/${change.module}`);
  const historyOf = (employeeId: string, module: string) => histories.get(`${employeeId}/${module}`) ?? [];
  return { people, changes, rows, historyOf };
}

function makeChange(
  tenants: readonly [string, string],
  people: readonly PersonRow[],
  each: Happening,
  made: { audience: string; from: { flag: FlagColour; hold: boolean }; sequence: number; nowMs: number },
): FlagChanged {
  const employeeId = employeeOf(tenants, each.tenant, each.person);
  const person = people.find((one) => one.employeeId === employeeId);
  const inHours = (hours: number) => new Date(made.nowMs + hours * hourMs).toISOString();
  return testChange(Number(tenants[0].slice(5)) * 1000 + made.sequence, {
    tenantId: tenants[each.tenant],
    sequence: made.sequence,
    audience: made.audience,
    employeeId,
    divisionId: person?.division?.id ?? null,
    locationId: person?.location?.id ?? null,
    jobRoleId: person?.jobRole?.id ?? null,
    name: person?.name ?? '',
    module: modules[each.module],
    from: made.from,
    to: each.to,
    nextChangeAt: each.next === null ? null : inHours(each.next.hours),
    nextFlag: each.next?.flag ?? null,
    turnsRedAt: each.red === null ? undefined : inHours(each.red),
    decidedAt: inHours(-each.halfHoursAgo / 2),
  });
}

import { describe, expect, it } from 'vitest';
import type { Overview } from '#contracts/screens/overview';
import { authorize } from '#domain/identity';
import { createCountingIds } from '#platform/ids';
import { viewer } from '../testing.ts';
import { requireCrowd, withoutSmallCells } from './small-cells.ts';

const ids = createCountingIds();
const row = (name: string, people: number, dot = people) => ({
  divisionId: ids.next('division'),
  name,
  people,
  rate: 0.5,
  cells: dot === 0 ? [] : [{ module: 'dot' as const, people: dot, rate: 0.5, red: 1, stale: 0 }],
});
const overviewOf = (rows: Overview['heat']['rows']) =>
  ({
    modules: [{ module: 'dot', people: 3 }],
    heat: { rows },
    fallsDue: { buckets: [{ count: 3, lead: { title: 'DOT', count: 3 } }] },
  }) as unknown as Overview;
const shown = (rows: Overview['heat']['rows']) =>
  withoutSmallCells(overviewOf(rows)).heat.rows.map(({ name, people, cells }) => [
    name,
    people,
    cells[0]?.people ?? null,
  ]);

describe('numbers of a de-identified viewer', () => {
  it('stand when each group has five or more', () => {
    expect(shown([row('A', 5), row('B', 40)])).toEqual([
      ['A', 5, 5],
      ['B', 40, 40],
    ]);
  });

  it('put a small group with the next smallest, so that no difference to the whole tells of it', () => {
    expect(shown([row('A', 2), row('B', 9), row('C', 40)])).toEqual([
      ['C', 40, 40],
      ['Small divisions together', 11, 11],
    ]);
  });

  it('put small groups together when they are a crowd', () => {
    expect(shown([row('A', 3), row('B', 4), row('C', 40)])).toEqual([
      ['C', 40, 40],
      ['Small divisions together', 7, 7],
    ]);
  });

  it('leave out the small cell of a module, and the next smallest of its column', () => {
    expect(shown([row('A', 20, 3), row('B', 20, 8), row('C', 20, 12)])).toEqual([
      ['A', 20, null],
      ['B', 20, null],
      ['C', 20, 12],
    ]);
  });

  it('leave out small modules and what leads a small number', () => {
    const { modules, fallsDue } = withoutSmallCells(overviewOf([]));
    expect([modules, fallsDue.buckets[0]?.lead]).toEqual([[], null]);
  });

  it('are refused for few, and by filters that could single somebody out', () => {
    const tenantId = ids.next('tenant');
    const of = (role: 'Auditor' | 'DER') => authorize(viewer(tenantId, { role }), 'see', 'any-module');
    const none = { divisionId: null, locationId: null, jobRoleId: null, phase: 'all' as const };
    expect(() => requireCrowd(of('Auditor'), none, 4)).toThrow('overview.too_few');
    expect(() => requireCrowd(of('Auditor'), none, 5)).not.toThrow();
    expect(() => requireCrowd(of('Auditor'), { ...none, locationId: ids.next('location') }, null)).toThrow(
      'overview.filter_not_deidentified',
    );
    expect(() => requireCrowd(of('DER'), { ...none, locationId: ids.next('location') }, 1)).not.toThrow();
  });
});

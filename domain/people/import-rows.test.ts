import { describe, expect, it } from 'vitest';
import type { DivisionId } from '#contracts/ids';
import { readImportRows, type ImportRow } from './import-rows.ts';

const directory = {
  division: (ref: string) => (ref === 'North' ? ('div_n' as DivisionId) : undefined),
  location: () => undefined,
  jobRole: () => undefined,
  manager: () => undefined,
};
const good = { number: 'N-1', firstName: 'Ann', lastName: 'Lee', hiredOn: '2026-01-05' };

function read(...values: ImportRow['values'][]) {
  return readImportRows(
    values.map((row, index) => ({ line: index + 2, values: row })),
    directory,
  );
}

describe('readImportRows', () => {
  it('takes what is given and leaves out blanks', () => {
    const { read: rows, rejected } = read({ ...good, email: ' Ann@X.com ', division: 'North', zone: '  ' });
    expect(rejected).toEqual([]);
    expect(rows[0]).toEqual({
      line: 2,
      number: 'N-1',
      manager: undefined,
      given: {
        firstName: 'Ann',
        lastName: 'Lee',
        email: 'ann@x.com',
        divisionId: 'div_n',
        periods: [{ from: '2026-01-05', to: null }],
      },
    });
  });

  it('tells every fault with its line and column', () => {
    const { read: rows, rejected } = read(
      { lastName: 'Lee', email: 'nobody', birthDate: '05/01/1980' },
      { ...good, number: 'N-9', division: 'South', zone: 'Mars/Base' },
      good,
      good,
    );
    expect(rows.map((row) => row.line)).toEqual([4]);
    expect(rejected.map(({ line, column }) => `${line} ${column ?? ''}`)).toEqual([
      '2 number',
      '2 firstName',
      '2 email',
      '2 birthDate',
      '3 zone',
      '3 division',
      '5 number',
    ]);
    expect(rejected.at(-1)?.reason).toBe('is on line 4 already');
  });

  it.each([
    [{ ...good, division: 'South' }, 'division'],
    [{ ...good, terminatedOn: '2025-12-31' }, 'terminatedOn'],
    [{ ...good, phase: 'terminated' }, 'terminatedOn'],
    [{ ...good, phase: 'leave' }, 'leaveFrom'],
    [{ ...good, phase: 'active', terminatedOn: '2026-06-01' }, 'phase'],
    [{ ...good, leaveFrom: '2026-06-01', returnOn: '2026-05-01' }, 'returnOn'],
    [{ ...good, phase: 'retired' }, 'phase'],
  ])('refuses %o for %s', (values, column) => {
    expect(read(values).rejected.map((fault) => fault.column)).toEqual([column]);
  });

  it('knows phase and period from the dates', () => {
    const { read: rows } = read(
      { ...good, terminatedOn: '2026-06-01' },
      { ...good, number: 'N-2', leaveFrom: '2026-06-01' },
    );
    expect(rows.map((row) => row.given.declaredPhase)).toEqual(['terminated', 'leave']);
    expect(rows[0]?.given.periods).toEqual([{ from: '2026-01-05', to: '2026-06-01' }]);
  });
});

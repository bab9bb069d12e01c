import { describe, expect, test } from 'vitest';
import { checkedOutcome } from '../../payload.ts';
import { readEmployeeList } from './list.ts';
import { csvEmployees } from './source.ts';

const context = { receivedAt: '2026-11-20T12:00:00.000Z', settings: {} };
const header =
  'Employee Number,First Name,Last Name,Email,Date of Birth,Hire Date,Status,Leave From,Return On,Last Day,Job Role,Location';
const good = 'HP-1,Ada,Quarry,Ada.Quarry@example.com,10/31/1990,2024-02-01,Active,,,,Driver,Tulsa';

function outcomes(...lines: string[]) {
  const parsed = csvEmployees.parse(Buffer.from([header, ...lines].join('\r\n')), {});
  if (!parsed.ok) throw new Error(parsed.detail);
  return csvEmployees.normalise(parsed.value, context).map(checkedOutcome);
}

function told(...lines: string[]): string[] {
  return outcomes(...lines).map((one) => {
    if (one.kind === 'row_rejected') return `${one.place.path}: ${one.place.message}`;
    return one.kind === 'event' ? one.draft.type : one.kind;
  });
}

function keyOf(line: string): string | null {
  const [one] = outcomes(line);
  return one?.kind === 'event' ? one.draft.dedupeKey : null;
}

describe('rows', () => {
  test.each([
    [good, ['employee.hired']],
    [good.replace('Active', ''), ['employee.hired']],
    [good.replace('Active', 'Applicant'), ['employee.hired']],
    [good.replace('2024-02-01', ''), ['employee.updated']],
    [
      good.replace('Active,,,', 'On Leave,2026-11-01,2027-01-05,'),
      ['employee.updated', 'employee.leave_started'],
    ],
    [good.replace('Active,,,', 'Terminated,,,2026-10-31'), ['employee.updated', 'employee.terminated']],
    [good.replace('Active,,,', ',,,2026-10-31'), ['employee.updated', 'employee.terminated']],
    [good.replace('HP-1', ''), ['line 2, column Employee Number: is blank']],
    [good.replace('Quarry,', ','), ['line 2, column Last Name: is blank']],
    [
      good.replace('10/31/1990', '31/10/1990'),
      ['line 2, column Date of Birth: "31/10/1990" is no date (YYYY-MM-DD or MM/DD/YYYY)'],
    ],
    [
      good.replace('Ada.Quarry@example.com', 'ada at example'),
      ['line 2, column Email: "ada at example" is no e-mail address'],
    ],
    [
      good.replace('Active', 'Constructor'),
      ['line 2, column Status: "Constructor" is not active, applicant, leave or terminated'],
    ],
    [good.replace('Active', 'On Leave'), ['line 2, column Leave From: is blank, but the status is leave']],
    [
      good.replace('Active', 'Terminated'),
      ['line 2, column Last Day: is blank, but the status is terminated'],
    ],
    [
      good.replace('Active,,,', 'Terminated,,,2023-01-01'),
      ['line 2, column Last Day: is before the hire date'],
    ],
    [`${good},one too many`, ['line 2: has 13 cells, the header has 12']],
  ])('%s', (line, expected) => {
    expect(told(line)).toEqual(expected);
  });

  test('a number that stands twice is refused the second time, with the first place', () => {
    expect(told(good, good.replace('Ada,', 'Eve,'))).toEqual([
      'employee.hired',
      'line 3, column Employee Number: "HP-1" stands in line 2 already',
    ]);
  });

  test('an absent column says nothing, a blank cell says none', () => {
    const [one] = outcomes(good.replace('Tulsa', ''));
    const profile = one?.kind === 'event' ? one.draft.payload['profile'] : null;
    expect(profile).toEqual({
      externalId: 'HP-1',
      firstName: 'Ada',
      lastName: 'Quarry',
      email: 'ada.quarry@example.com',
      birthDate: '1990-10-31',
      locationRef: null,
      jobRoleRef: 'Driver',
    });
  });

  test('the same line of the same list is the same fact, however it is written; a changed cell is news', () => {
    expect(keyOf(good)).toBe(keyOf(good.replace('10/31/1990', '1990-10-31').replace('Active', 'active')));
    expect(keyOf(good)).not.toBe(keyOf(good.replace('Tulsa', 'Ponca City')));
  });
});

test('a list for the import on the screen: rows under our names, dates in our form, refusals beside', () => {
  const list = readEmployeeList(Buffer.from([header, good, good].join('\n')));
  expect(list).toEqual({
    ok: true,
    value: {
      rows: [
        {
          line: 2,
          values: {
            number: 'HP-1',
            firstName: 'Ada',
            lastName: 'Quarry',
            email: 'Ada.Quarry@example.com',
            birthDate: '1990-10-31',
            hiredOn: '2024-02-01',
            phase: 'active',
            jobRole: 'Driver',
            location: 'Tulsa',
          },
        },
      ],
      rejected: [{ path: 'line 3, column Employee Number', message: '"HP-1" stands in line 2 already' }],
    },
  });
});

test('other files are told apart', () => {
  const parsed = csvEmployees.parse(Buffer.from('{object:event}'), {});
  expect(parsed.ok ? '' : parsed.detail).toContain('no column for number, firstName, lastName');
});

import { offeredColumns, shownColumns } from './board-columns.ts';
import { describe, expect, test } from 'vitest';
import type { BoardCell, BoardGroup } from '#contracts/screens/board';
import { layOut } from './board-lines.ts';
import { countFilters, readBoardQuery, readWhy, writeWhy } from './board-url.ts';
import { cellWords, nextWords } from './cell-words.ts';

const tally = { red: 0, stale: 0, yellow: 0, green: 0, hold: 0 };
const group = (id: string, people: number): BoardGroup => ({ id, name: id, people, tally });

describe('lines', () => {
  const groups = [group('a', 3), group('b', 2), group('c', 1)];

  test('put a head before each group, and people in between', () => {
    const lines = layOut(groups, new Set());
    expect(lines.count).toBe(9);
    expect(lines.at(0)).toMatchObject({ kind: 'group', group: { id: 'a' } });
    expect(lines.at(3)).toEqual({ kind: 'person', index: 2 });
    expect(lines.at(4)).toMatchObject({ kind: 'group', group: { id: 'b' } });
    expect(lines.at(8)).toEqual({ kind: 'person', index: 5 });
    for (const index of [0, 2, 3, 4, 5])
      expect(lines.at(lines.lineOf(index) ?? -1)).toEqual({ kind: 'person', index });
  });

  test('leave out the people of a closed group', () => {
    const lines = layOut(groups, new Set(['a']));
    expect(lines.count).toBe(6);
    expect(lines.at(0)).toMatchObject({ closed: true });
    expect(lines.at(2)).toEqual({ kind: 'person', index: 3 });
    expect(lines.lineOf(1)).toBeNull();
  });

  test('need no head when there is one unnamed group', () => {
    const lines = layOut([{ ...group('', 2), name: '' }], new Set());
    expect(lines.count).toBe(2);
    expect(lines.at(0)).toEqual({ kind: 'person', index: 0 });
    expect(layOut([], new Set()).count).toBe(0);
  });
});

const id = (letter: string) => `div_01h2xcejqtf2nbrexx3vqjhp4${letter}`;

describe('the address', () => {
  test('says all that is asked, and a mistyped value filters nothing', () => {
    const asked = `module=dot&flags=red,stale,pink&hold=1&division=${id('1')},div_x&group=none&sort=next&q=wen`;
    expect(readBoardQuery(new URLSearchParams(asked), '2026-10-01')).toMatchObject({
      module: 'dot',
      flags: ['red', 'stale'],
      hold: true,
      divisionIds: [id('1')],
      group: 'none',
      sort: 'next',
      text: 'wen',
      phases: ['active'],
      asOf: '2026-10-01',
    });
    const plain = readBoardQuery(new URLSearchParams('sort=size&group=mood&module=x'), null);
    expect(plain).toMatchObject({ module: null, sort: 'gravity', group: 'division' });
    expect(countFilters(plain)).toBe(0);
    expect(readBoardQuery(new URLSearchParams('phase=all'), null).phases).toHaveLength(4);
  });

  test('opens the drawer on a flag', () => {
    const address = { employeeId: 'emp_01h2xcejqtf2nbrexx3vqjhp41', module: 'dot' as const };
    expect(readWhy(new URLSearchParams({ why: writeWhy(address) }))).toEqual(address);
    expect(readWhy(new URLSearchParams('why=emp_1:dot'))).toBeNull();
    expect(readWhy(new URLSearchParams('why=emp_01h2xcejqtf2nbrexx3vqjhp41:mood'))).toBeNull();
  });
});

describe('a cell', () => {
  const now = Date.parse('2026-11-20T12:00:00Z');
  const words = (parts: Partial<BoardCell>) =>
    cellWords(
      { flag: 'red', hold: false, short: '', dueAt: null, nextChangeAt: null, since: '', ...parts },
      now,
      'America/Chicago',
    ).replaceAll('\u00A0', ' ');

  test('counts to its deadline and from it', () => {
    expect(words({ dueAt: '2026-11-17T06:00:00Z' })).toBe('3 d late');
    expect(words({ dueAt: '2026-11-20T09:30:00Z' })).toBe('2 h late');
    expect(words({ flag: 'yellow', dueAt: '2026-11-29T06:00:00Z' })).toBe('in 9 d');
    expect(words({ flag: 'yellow', dueAt: '2026-11-21T10:36:00Z' })).toBe('in 23 h');
  });

  test('says until when it is in order, and nothing where the status word is best', () => {
    expect(words({ flag: 'green', dueAt: '2027-06-10T05:00:00Z' })).toBe('Jun 2027');
    expect(words({ flag: 'green', nextChangeAt: '2026-12-10T05:00:00Z' })).toBe('Dec 2026');
    expect(words({ flag: 'green', short: 'x' })).toBe('');
    expect(words({ short: 'no fit test' })).toBe('no fit test');
    expect(words({ short: 'Non-compliant' })).toBe('');
    expect(words({ flag: 'stale', short: '6 h silent', dueAt: '2026-11-17T06:00:00Z' })).toBe('6 h silent');
  });

  test('the next date is a day, or now', () => {
    expect(nextWords('2026-11-17T06:00:00Z', now, 'UTC')).toBe('now');
    expect(nextWords('2027-02-11T06:00:00Z', now, 'UTC').replaceAll('\u00A0', ' ')).toBe('11 Feb 2027');
  });
});

test('columns put away leave the others in their place, and the menu offers what the role fills', () => {
  expect(shownColumns([])).toMatchObject({ site: true, next: true, changed: true, count: 10 });
  const shown = shownColumns(['site', 'drug_alcohol', 'changed']);
  expect(shown).toMatchObject({ site: false, changed: false, count: 7 });
  expect(shown.modules[0]).toEqual({ module: 'background', place: 1 });
  expect(offeredColumns(['health'])).not.toContain('health');
  expect(offeredColumns([])).toHaveLength(9);
});

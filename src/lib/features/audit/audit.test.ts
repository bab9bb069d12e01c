import { expect, test } from 'vitest';
import { actWords, briefOf, readAuditAddress, subjectHref } from './audit-url.ts';

test('the address of the log is read whole, and nonsense is left out', () => {
  const asked = 'q=wen&actor=vendor&act=people:*&subjectId=emp_1&from=2026-11-01&to=soon&before=120';
  expect(readAuditAddress(new URLSearchParams(asked))).toEqual({
    query: {
      text: 'wen',
      actorType: 'vendor',
      act: 'people:*',
      subjectType: null,
      subjectId: 'emp_1',
      from: '2026-11-01',
      to: null,
    },
    before: 120,
  });
  expect(readAuditAddress(new URLSearchParams('before=-1&actor=ghost'))).toMatchObject({
    before: null,
    query: { actorType: null },
  });
});

test('a change is told in one line, the telling values first', () => {
  const differences = [
    { path: 'eventIds', before: null, after: 'evt_1' },
    { path: 'flag', before: 'yellow', after: 'red' },
    { path: 'hold', before: 'false', after: 'true' },
  ];
  expect(briefOf({ hidden: '', module: 'dot', differences })).toBe(
    'DOT, flag due / review → non-compliant, hold no → yes',
  );
  expect(briefOf({ hidden: 'Not for you.', module: null, differences: [] })).toBe('Not for you.');
  expect(
    briefOf({ hidden: '', module: null, differences: [{ path: 'zone', before: 'UTC', after: null }] }),
  ).toBe('zone UTC → removed');
});

test('acts read as words', () => {
  expect(actWords('flags:flag:change')).toBe('changed a flag');
  expect(actWords('rules:rule:dry_run')).toBe('rule dry run');
  expect(subjectHref({ type: 'employee', id: 'emp_1' })).toBe('/people/emp_1');
  expect(subjectHref({ type: 'alert', id: 'alr_1' })).toBeNull();
});

import { expect, test } from 'vitest';
import type { FileItem } from '#contracts/screens/person';
import { fileStanding } from './file-words.ts';

const item = (state: FileItem['state']): FileItem => ({
  id: state,
  title: state,
  citation: '49 CFR 391.51(b)(1)',
  state,
  on: null,
  until: null,
  note: '',
  eventIds: [],
});

test('the standing counts what this driver needs, and names what is wrong', () => {
  expect(fileStanding([item('present'), item('present'), item('not_required')])).toBe('2 of 2 on file');
  expect(fileStanding([item('present'), item('expiring'), item('missing'), item('late'), item('due')])).toBe(
    '2 of 5 on file, 1 missing, 1 ran out, 1 due, 1 expiring',
  );
});

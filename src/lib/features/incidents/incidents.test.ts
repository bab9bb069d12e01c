import { expect, it } from 'vitest';
import { numberWords, readIncidentAddress } from './incident-words.ts';

const read = (text: string) => readIncidentAddress(new URLSearchParams(text));

it('reads the address, and what is not understood as the first page of what waits', () => {
  expect(read('view=ended&page=3')).toEqual({ view: 'ended', page: 3 });
  expect(read('view=all&page=-1')).toEqual({ view: 'waiting', page: 1 });
  expect(read('')).toEqual({ view: 'waiting', page: 1 });
});

it('names numbers in words', () => {
  expect(numberWords('withinMinutes')).toBe('within minutes');
  expect(numberWords('kmPerHour')).toBe('km per hour');
});

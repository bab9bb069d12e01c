import { describe, expect, it } from 'vitest';
import { createCountingIds } from '#platform/ids';
import { readBoardQuery } from '../board/board-url.ts';
import { boardHref } from '../links.ts';
import { fitsFilter, overviewFilterOf } from './filter.ts';

const ids = createCountingIds();
const divisionId = ids.next('division');
const phasesAt = (href: string) => readBoardQuery(new URL(href, 'http://x').searchParams, null).phases;
const none = { divisionId: null, locationId: null, jobRoleId: null, phase: 'active' as const };

describe('the filter of the overview', () => {
  it('is read from the address', () => {
    expect(overviewFilterOf(new URL(`http://x/?division=${divisionId}`))).toEqual({ ...none, divisionId });
  });
  it('counts people at work unless everyone is asked for, and the board it leads to counts the same', () => {
    expect(overviewFilterOf(new URL('http://x/?phase=all')).phase).toBe('all');
    expect(overviewFilterOf(new URL('http://x/?phase=leave')).phase).toBe('active');
    expect(phasesAt(boardHref({ ...none, module: 'dot' }))).toEqual(['active']);
    expect(phasesAt(boardHref(none))).toEqual(['active']);
    expect(phasesAt(boardHref({ ...none, phase: 'all', byNext: true }))).toHaveLength(4);
  });
  it('ignores what is no id, or the id of something else', () => {
    expect(overviewFilterOf(new URL(`http://x/?division=tank&location=${divisionId}`))).toEqual(none);
  });
  it('keeps out changes of others', () => {
    const change = { divisionId: ids.next('division'), locationId: null, jobRoleId: null };
    expect(fitsFilter(none, change)).toBe(true);
    expect(fitsFilter({ ...none, divisionId }, change)).toBe(false);
    expect(fitsFilter({ ...none, divisionId }, { ...change, divisionId })).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import { createCountingIds } from '#platform/ids';
import { fitsFilter, overviewFilterOf } from './filter.ts';

const ids = createCountingIds();
const divisionId = ids.next('division');
const none = { divisionId: null, locationId: null, jobRoleId: null };

describe('the filter of the overview', () => {
  it('is read from the address', () => {
    expect(overviewFilterOf(new URL(`http://x/?division=${divisionId}`))).toEqual({ ...none, divisionId });
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

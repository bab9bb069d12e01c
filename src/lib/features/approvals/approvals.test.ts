import { describe, expect, it } from 'vitest';
import { readApprovalsAddress } from './approvals-url.ts';

describe('the address of the inbox', () => {
  it.each([
    ['', { view: 'waiting', page: 1 }],
    ['view=mine&page=3', { view: 'mine', page: 3 }],
    ['view=everything&page=-2', { view: 'waiting', page: 1 }],
    ['view=all&page=x', { view: 'all', page: 1 }],
  ])('%s', (query, address) => expect(readApprovalsAddress(new URLSearchParams(query))).toEqual(address));
});

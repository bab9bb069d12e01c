import { expect, it } from 'vitest';
import { regulationHref } from './links.ts';

it.each([
  ['49 CFR 382.305(b)(1)', null, '/regulations/49%20CFR%20382.305#p-b-1'],
  ['49 CFR 382.305', '2020-01-01', '/regulations/49%20CFR%20382.305?asOf=2020-01-01'],
  ['15 U.S.C. 1681b', '', '/regulations/15%20U.S.C.%201681b'],
])('%s of %s', (citation, asOf, href) => expect(regulationHref(citation, asOf)).toBe(href));

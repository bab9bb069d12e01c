import { expect, test } from 'vitest';
import { documentStateOn, newPaper, verifiedPaper, type Paper } from './index.ts';

const paper = (over: Partial<Paper>): Paper => ({ ...newPaper('active'), ...over });

test('a verified paper is active, expiring from the mark, expired the day after its last good day', () => {
  const ends = paper({ expiresOn: '2026-03-15' });
  expect(documentStateOn(ends, '2025-12-14', '2025-12-15')).toBe('active');
  expect(documentStateOn(ends, '2025-12-15', '2025-12-15')).toBe('expiring');
  expect(documentStateOn(ends, '2026-03-15', '2025-12-15')).toBe('expiring');
  expect(documentStateOn(ends, '2026-03-16', '2025-12-15')).toBe('expired');
});

test('days do not change what is not verified or does not end', () => {
  expect(documentStateOn(paper({ expiresOn: null }), '2099-01-01', '2098-01-01')).toBe('active');
  expect(documentStateOn(paper({ state: 'void', expiresOn: '2020-01-01' }), '2026-01-01', '2025-01-01')).toBe(
    'void',
  );
});

test('the newest verified paper counts, whatever the order; void and rejected ones never do', () => {
  const older = paper({ on: '2024-01-01' });
  const newer = paper({ on: '2025-01-01', state: 'expired' });
  const voided = paper({ on: '2026-01-01', state: 'void' });
  expect(verifiedPaper([newer, voided, older])).toBe(newer);
  expect(verifiedPaper([voided])).toBeNull();
});

import { describe, expect, it } from 'vitest';
import { judgeAudit } from './check-dependencies.ts';

const advisory = (severity: string) => ({
  source: 1,
  name: 'left-pad',
  title: 'Pads too far',
  url: 'https://github.com/advisories/GHSA-aaaa-bbbb-cccc',
  severity,
});
const report = (...severities: string[]) =>
  JSON.stringify({ vulnerabilities: { 'left-pad': { via: [...severities.map(advisory), 'other'] } } });
const judge = (text: string, accepted: { id: string; why: string; until: string }[], mustAnswer: boolean) =>
  judgeAudit(text, { accepted, today: '2026-11-20', mustAnswer });
const accepted = (until: string) => [{ id: 'GHSA-aaaa-bbbb-cccc', why: 'never called by us', until }];

describe('the check of dependencies', () => {
  it('fails for what is grave, and lists the rest', () => {
    expect(judge(report('critical'), [], false).fails).toBe(true);
    expect(judge(report('high'), [], false).fails).toBe(true);
    const { fails, lines } = judge(report('moderate'), [], false);
    expect([fails, lines[0]]).toEqual([false, 'moderate left-pad: Pads too far (GHSA-aaaa-bbbb-cccc)']);
  });

  it('believes an acceptance until its day', () => {
    expect(judge(report('high'), accepted('2026-11-20'), false).fails).toBe(false);
    expect(judge(report('high'), accepted('2026-11-19'), false).fails).toBe(true);
  });

  it('says when nobody answers, and fails only where an answer is wanted', () => {
    for (const nothing of ['', '{"error":{"code":"ENOAUDIT"}}', 'not json']) {
      expect(judge(nothing, [], false).fails).toBe(false);
      expect(judge(nothing, [], true).fails).toBe(true);
    }
    expect(judge('{"vulnerabilities":{}}', [], true)).toEqual({
      lines: ['No known weakness in what is shipped.'],
      fails: false,
    });
  });
});

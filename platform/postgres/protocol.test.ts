import { describe, expect, it } from 'vitest';
import { deathIn, simpleQuery } from './protocol.ts';

function message(kind: string, body: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.write(kind);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const errorOf = (severity: string, text: string) =>
  message('E', Buffer.from(`S${severity}\0V${severity}\0C53100\0M${text}\0\0`));
const row = message('D', Buffer.from([0, 1, 0, 0, 0, 1, 0x45]));
const ready = message('Z', Buffer.from('I'));
const query = simpleQuery('select 1');

describe('wire protocol', () => {
  it('finds a PANIC between other messages', () => {
    const answer = Buffer.concat([row, errorOf('PANIC', 'no space'), ready]);
    expect(deathIn(answer, query)).toBe('PANIC: no space');
  });

  it('lets ordinary errors pass, and rows that look like errors', () => {
    expect(deathIn(Buffer.concat([row, errorOf('ERROR', 'FATAL: duplicate'), ready]), query)).toBeNull();
  });

  it('reads an answer that lies inside a larger buffer', () => {
    const whole = Buffer.concat([Buffer.from('xxx'), errorOf('FATAL', 'over'), Buffer.from('E')]);
    expect(deathIn(whole.subarray(3, -1), query)).toBe('FATAL: over');
  });

  it('takes an answer without its end for a death, where an end was asked for', () => {
    expect(deathIn(row, query)).toContain('broke off');
    expect(deathIn(new Uint8Array(), query)).toContain('broke off');
    expect(deathIn(row, message('H', new Uint8Array()))).toBeNull();
    expect(deathIn(Buffer.concat([row, ready]), query)).toBeNull();
  });

  it('counts bytes of a statement, not letters', () => {
    const bytes = Buffer.from(simpleQuery('select ’ä'));
    expect(bytes.readInt32BE(1)).toBe(bytes.length - 1);
    expect(bytes.subarray(5).toString()).toBe('select ’ä\0');
  });
});

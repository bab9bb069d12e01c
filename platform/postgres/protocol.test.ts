import { describe, expect, it } from 'vitest';
import { fatalIn, simpleQuery } from './protocol.ts';

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

describe('wire protocol', () => {
  it('finds a PANIC between other messages', () => {
    const answer = Buffer.concat([row, errorOf('PANIC', 'no space'), ready]);
    expect(fatalIn(answer)).toBe('PANIC: no space');
  });

  it('lets ordinary errors pass, and rows that look like errors', () => {
    expect(fatalIn(Buffer.concat([row, errorOf('ERROR', 'FATAL: duplicate'), ready]))).toBeNull();
    expect(fatalIn(new Uint8Array())).toBeNull();
  });

  it('reads an answer that lies inside a larger buffer', () => {
    const whole = Buffer.concat([Buffer.from('xxx'), errorOf('FATAL', 'over'), Buffer.from('E')]);
    expect(fatalIn(whole.subarray(3, -1))).toBe('FATAL: over');
  });

  it('counts bytes of a statement, not letters', () => {
    const bytes = Buffer.from(simpleQuery('select ’ä'));
    expect(bytes.readInt32BE(1)).toBe(bytes.length - 1);
    expect(bytes.subarray(5).toString()).toBe('select ’ä\0');
  });
});

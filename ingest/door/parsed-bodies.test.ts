import { expect, test } from 'vitest';
import { createParsedBodies } from './parsed-bodies.ts';

test('a parsed body is given away once, and only for the very bytes', () => {
  const bodies = createParsedBodies();
  const body = Buffer.from('{"a":1}');
  bodies.keep(body, { a: 1 });
  expect(bodies.take(Buffer.from('{"a":1}'))).toBeUndefined();
  expect(bodies.take(body)).toEqual({ value: { a: 1 } });
  expect(bodies.take(body)).toBeUndefined();
});

test('what was parsed to nothing is still known', () => {
  const bodies = createParsedBodies();
  const body = Buffer.from('null');
  bodies.keep(body, null);
  expect(bodies.take(body)).toEqual({ value: null });
});

import { assert, property, string } from 'fast-check';
import { expect, it } from 'vitest';
import { laidOut, markup } from './markup.ts';

it('tells names, strings and numbers of JSON apart', () => {
  expect(markup('{"id": "x", "n": 4}').filter((part) => part.kind !== 'plain')).toEqual([
    { kind: 'name', text: '"id"' },
    { kind: 'string', text: '"x"' },
    { kind: 'name', text: '"n"' },
    { kind: 'number', text: '4' },
  ]);
});
it('tells tags of XML apart', () => {
  expect(markup('<A b="1">t</A>').map((part) => part.kind)).toEqual([
    'name',
    'plain',
    'string',
    'name',
    'plain',
    'name',
    'name',
  ]);
});
it('keeps every character', () => {
  assert(
    property(
      string({ maxLength: 200 }),
      (body) =>
        markup(body)
          .map((part) => part.text)
          .join('') === body,
    ),
  );
});
it('lays out whole JSON only', () => {
  expect(laidOut('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(laidOut('{"a":[1')).toBe('{"a":[1');
  expect(laidOut('<a/>')).toBe('<a/>');
});

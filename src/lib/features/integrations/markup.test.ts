import { assert, property, string } from 'fast-check';
import { expect, it } from 'vitest';
import { markup } from './markup.ts';

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

import { describe, expect, test } from 'vitest';
import { toDate, toInstant } from './instants.ts';
import { readJson } from './json.ts';
import { readTable } from './rows.ts';
import { decodeText } from './text.ts';
import { childText, readXml } from './xml.ts';

const json = (text: string) => readJson(Buffer.from(text));
const xml = (text: string) => readXml(Buffer.from(text));
const place = (read: { ok: boolean; places?: readonly { path: string; message: string }[] }) =>
  read.ok ? 'read' : `${read.places?.[0]?.path}: ${read.places?.[0]?.message}`;

describe('text', () => {
  test.each([
    ['UTF-8', Buffer.from('Zoë'), null],
    ['UTF-8 with a mark', Buffer.from('\ufeffZoë'), null],
    ['UTF-16 little endian with a mark', Buffer.from('\ufeffZoë', 'utf16le'), null],
    ['UTF-16 little endian without one', Buffer.from('Zoë.', 'utf16le'), null],
    ['UTF-16 big endian', Buffer.from('\ufeffZoë', 'utf16le').swap16(), null],
    ['declared ISO-8859-1', Buffer.from('Zoë', 'latin1'), 'ISO-8859-1'],
    ['declared utf-16 over single bytes', Buffer.from('Zoë'), 'utf-16'],
  ])('reads %s', (_name, bytes, declared) => {
    const decoded = decodeText(bytes, declared);
    expect(decoded.ok && decoded.text.replace('.', '')).toBe('Zoë');
  });

  test('names the first byte that is not UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from('Zoë and '), Buffer.from([0xff, 0xfe, 0x41])]);
    expect(decodeText(bytes)).toEqual({ ok: false, path: 'byte 10', message: 'not valid UTF-8' });
  });

  test('refuses an encoding it does not know rather than guess', () => {
    expect(decodeText(Buffer.from('x'), 'EBCDIC-37').ok).toBe(false);
  });
});

describe('JSON', () => {
  test.each([
    ['{"a": 1,\n "b": }', 'line 2, column 7: not JSON: value expected'],
    ['{"a": 1', 'line 1, column 8: not JSON: close brace expected'],
    ['{"a": 1} {}', 'line 1, column 10: not JSON: end of file expected'],
    ['', 'line 1, column 1: the body is empty'],
    [' \r\n ', 'line 1, column 1: the body is empty'],
    ['<a/>', 'line 1, column 1: not JSON: invalid symbol; the body looks like XML or HTML'],
    ['payload=%7B%7D', 'line 1, column 1: not JSON: invalid symbol; the body looks form-encoded'],
    ['// note\n{}', 'line 1, column 1: not JSON: invalid comment token'],
    ['{"a": {"__proto__": {"admin": true}}}', 'a.__proto__: a key called __proto__ is refused'],
    ['{"a": [1, 1e999]}', 'a[1]: the number is too large'],
    ['{"a": "x\\u0000y"}', 'a: NUL characters and halves of surrogate pairs are refused'],
    ['{"a": "\\ud800"}', 'a: NUL characters and halves of surrogate pairs are refused'],
  ])('%j fails with its place', (text, expected) => {
    expect(place(json(text))).toBe(expected);
  });

  test('depth is limited, well-formed or not, however deep', () => {
    expect(place(json('['.repeat(41) + ']'.repeat(41)))).toMatch(/nested deeper than 40 levels$/);
    expect(json('['.repeat(40) + ']'.repeat(40)).ok).toBe(true);
    expect(place(json('['.repeat(500_000)))).toMatch(/nested deeper than 40 levels$/);
    expect(place(json('[{"a":'.repeat(100_000)))).toMatch(/nested deeper than 40 levels$/);
  });

  test('a mark and line ends of Windows do no harm', () => {
    expect(json('\ufeff{\r\n"a": 1}\r\n')).toEqual({ ok: true, value: { a: 1 } });
  });
});

describe('XML', () => {
  test.each([
    ['<?xml version="1.0"?>\n<!DOCTYPE a>\n<a/>', 'line 2, column 1: DOCTYPE is refused'],
    ['<a>\n <!entity b "c"></a>', 'line 2, column 2: ENTITY is refused'],
    ['<a>\n  <b></a>', 'line 2, column 10: not XML'],
    ['<a>&undefined;</a>', 'line 1, column 15: not XML'],
    ['<a b=c/>', 'line 1, column 7: not XML'],
    ['', 'line 1, column 1: the body is empty'],
    ['{"a":1}', 'line 1, column 8: not XML'],
    ['<a></a>\n<b></b>', 'line 2, column 4: not XML'],
  ])('%j fails with its place', (text, expected) => {
    expect(place(xml(text)).slice(0, expected.length)).toBe(expected);
  });

  test('depth and number of elements are limited', () => {
    expect(place(xml('<a>'.repeat(41)))).toMatch(/nested deeper than 40 levels$/);
    expect(place(xml(`<a>${'<b/>'.repeat(20_001)}</a>`))).toMatch(/more than 20000 elements$/);
  });

  test('reads names without prefix, CDATA, entities of XML itself, and the place of a start tag', () => {
    const read = xml(
      '\r\n <?xml version="1.0" encoding="utf-16"?>\n<s:a xmlns:s="u">\n  <s:b><![CDATA[1 < 2]]> &amp; 3</s:b></s:a>',
    );
    if (!read.ok) throw new Error(read.detail);
    expect(read.root.name).toBe('a');
    expect(childText(read.root, 'B')).toBe('1 < 2 & 3');
    expect(read.root.children[0]?.place).toBe('line 4, column 3');
  });

  test('reads Latin bytes by the declaration', () => {
    const read = readXml(Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>Zoë</a>', 'latin1'));
    expect(read.ok && read.root.text).toBe('Zoë');
  });
});

describe('times', () => {
  test.each([
    ['2026-11-20T12:00:00Z', '2026-11-20T12:00:00.000Z'],
    ['2026-11-20T12:00:00.5Z', '2026-11-20T12:00:00.500Z'],
    ['2026-11-20T12:00:00.123456Z', '2026-11-20T12:00:00.123Z'],
    ['2026-11-20T07:00:00-05:00', '2026-11-20T12:00:00.000Z'],
    ['2026-11-20T07:00:00-0500', '2026-11-20T12:00:00.000Z'],
    ['2026-11-20 12:00', '2026-11-20T12:00:00.000Z'],
    ['11/20/2026 1:05:09 PM', '2026-11-20T13:05:09.000Z'],
    ['11/20/2026 12:05:09 AM', '2026-11-20T00:05:09.000Z'],
    ['11/20/2026 13:05:09', '2026-11-20T13:05:09.000Z'],
    [1_701_868_358, '2023-12-06T13:12:38.000Z'],
    [1_701_868_358_884, '2023-12-06T13:12:38.884Z'],
    ['1701868358', '2023-12-06T13:12:38.000Z'],
    ['1701868358884', '2023-12-06T13:12:38.884Z'],
    ['2026-02-30T12:00:00Z', null],
    ['2026-11-20T25:00:00Z', null],
    ['2026-11-20', null],
    ['yesterday', null],
    [Number.POSITIVE_INFINITY, null],
    [-5, null],
    [1e300, null],
    [null, null],
    [{}, null],
  ])('%j is the instant %j', (given, expected) => {
    expect(toInstant(given)).toBe(expected);
  });

  test.each([
    ['2026-02-28', '2026-02-28'],
    ['02/28/2026', '2026-02-28'],
    ['2/8/2026', '2026-02-08'],
    ['2026/02/28', '2026-02-28'],
    ['2026-02-28T10:00:00Z', '2026-02-28'],
    ['2026-02-29', null],
    ['0000-01-01', null],
    ['0000-00-00', null],
    ['9999-12-31', null],
    ['13/01/2026', null],
    ['', null],
    [20_260_228, null],
  ])('%j is the date %j', (given, expected) => {
    expect(toDate(given)).toBe(expected);
  });
});

describe('tables', () => {
  test('rows keep the line that an editor shows, also after quoted line breaks and blank lines', () => {
    const table = readTable(Buffer.from('a,b\r\n\r\n1,"two\nlines"\n3,4\n'));
    expect(table.ok && table.rows.map((row) => [row.line, row.cells])).toEqual([
      [1, ['a', 'b']],
      [3, ['1', 'two\nlines']],
      [5, ['3', '4']],
    ]);
  });

  test('an open quote fails with its line; zero bytes are no text', () => {
    expect(place(readTable(Buffer.from('a,b\n1,"2\n3,4')))).toMatch(/^line \d+: not a table/);
    expect(place(readTable(Buffer.from('PK\u0003\u0004\0\0')))).toBe(
      'line 1: not a text file (it holds zero bytes)',
    );
  });

  test('separator and Windows letters are found out', () => {
    const table = readTable(Buffer.from('Name;Site\nJosé;Düsseldorf\n', 'latin1'));
    expect(table.ok && table.rows[1]?.cells).toEqual(['José', 'Düsseldorf']);
  });
});

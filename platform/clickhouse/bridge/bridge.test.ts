import { describe, expect, test } from 'vitest';
import { EngineError, errorBody, httpStatus, readEngineError } from './engine-error.ts';
import { preparation, streamedFormat } from './engine.ts';
import { identifier, stringLiteral } from './literals.ts';
import { readOperation } from './operation.ts';
import { createTurns } from './turns.ts';

const never = new AbortController().signal;

const read = (query: string, body = '') => readOperation(new URLSearchParams(query), body);

describe('literals', () => {
  test.each([
    ["it's", String.raw`'it\'s'`],
    [String.raw`\'; DROP`, String.raw`'\\\'; DROP'`],
    ['a\0b', String.raw`'a\0b'`],
  ])('%j becomes %s', (text, literal) => expect(stringLiteral(text)).toBe(literal));

  test('an identifier cannot close its quotes', () => {
    expect(identifier('a`; DROP DATABASE b')).toBe('`a\\`; DROP DATABASE b`');
  });
});

describe('operation', () => {
  test('splits parameters, settings and keys of the transport', () => {
    const operation = read(
      'query=INSERT+INTO+t&database=d&param_x=a%09b&max_threads=2&role=r1&role=r2&query_id=q&wait_end_of_query=1',
      '{"a":1}',
    );
    expect(operation.sql).toBe('INSERT INTO t\n{"a":1}');
    expect([...operation.params]).toEqual([['x', 'a\tb']]);
    expect([...operation.settings]).toEqual([['max_threads', '2']]);
    expect(operation).toMatchObject({ database: 'd', roles: ['r1', 'r2'], queryId: 'q', session: null });
  });

  test.each(['max_threads+%3D+1%2C+x=1', 'param_a%3D=1'])('refuses the name in %s', (query) => {
    expect(() => read(query)).toThrow(EngineError);
  });

  test('readonly is set last, and the query can be found again to be killed', () => {
    const statements = preparation(read('readonly=1&log_comment=mine&max_threads=2&query_id=q1'));
    expect(statements).toEqual(["SET max_threads = '2', log_comment = 'q1'", "SET readonly = '1'"]);
  });
});

describe('answers in parts', () => {
  test.each([
    ['SELECT 1 FORMAT JSONEachRow', 'TabSeparated', 'JSONEachRow'],
    ['with a as (select 1) select * from a', 'JSONEachRow', 'JSONEachRow'],
    ['SELECT 1\nFORMAT  CSV ;\n', 'JSON', 'CSV'],
    ['SELECT 1 FORMAT JSON', 'JSONEachRow', null],
    ['SELECT 1 FORMAT CSVWithNames', 'JSONEachRow', null],
    ['INSERT INTO t SELECT 1', 'JSONEachRow', null],
    ["SELECT 1 INTO OUTFILE '/x' FORMAT CSV", 'CSV', null],
  ])('%j by default %s: %s', (sql, format, expected) => {
    expect(streamedFormat({ sql, format })).toBe(expected);
  });
});

describe('engine errors', () => {
  test('code and type are read from the text and written back', () => {
    const error = readEngineError(new Error("Code: 60. DB::Exception: Unknown table 'x'. (UNKNOWN_TABLE)"));
    expect(error).toMatchObject({ code: 60, type: 'UNKNOWN_TABLE', message: "Unknown table 'x'." });
    expect(httpStatus(error)).toBe(404);
    expect(errorBody(error, '26.7')).toBe(
      "Code: 60. DB::Exception: Unknown table 'x'. (UNKNOWN_TABLE) (version 26.7)\n",
    );
  });

  test('a syntax error that lost its type keeps its code', () => {
    expect(readEngineError(new Error('Code: 62. DB::Exception: Syntax error: failed at ('))).toMatchObject({
      code: 62,
      type: 'SYNTAX_ERROR',
    });
  });

  test('anything else is unknown', () => {
    const error = readEngineError('boom');
    expect([error.code, httpStatus(error)]).toEqual([1002, 500]);
  });
});

describe('turns', () => {
  test('never more than the limit, in order, and one who leaves the queue takes no turn', async () => {
    const turns = createTurns(2);
    const order: string[] = [];
    const first = await turns.take(never);
    const second = await turns.take(never);
    const leaver = new AbortController();
    const third = turns.take(leaver.signal);
    const fourth = turns.take(never).then((giveBack) => {
      order.push('fourth');
      giveBack();
    });
    leaver.abort(new Error('left'));
    await expect(third).rejects.toThrow('left');
    expect(order).toEqual([]);
    first();
    first();
    await fourth;
    second();
    expect(order).toEqual(['fourth']);
  });
});

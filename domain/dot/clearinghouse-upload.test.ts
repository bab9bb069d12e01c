import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  uploadDateFormats,
  uploadRowSchema,
  writeUpload,
  type UploadOptions,
  type UploadRow,
} from './index.ts';

const options: UploadOptions = { dateFormat: 'MM/DD/YYYY', lineEnding: '\r\n', today: '2026-05-20' };
const row = (over: Partial<UploadRow> = {}): UploadRow => ({
  ref: 'emp-1',
  lastName: 'Okafor',
  firstName: 'Ada',
  birthDate: '1988-07-04',
  cdlNumber: 'tx 123-45678',
  country: 'US',
  state: 'tx',
  queryType: 'limited',
  consentOnFile: true,
  ...over,
});

describe('the bulk query file', () => {
  test('every date format has a place, and an input row is checked before it gets here', () => {
    expect(uploadDateFormats).toContain(options.dateFormat);
    expect(uploadRowSchema.safeParse(row()).success).toBe(true);
    expect(uploadRowSchema.safeParse({ ...row(), queryType: 'weekly' }).success).toBe(false);
  });

  test('seven columns by tab, no header, nothing after the last row', () => {
    const second = row({
      ref: 'emp-2',
      cdlNumber: 'B99',
      state: 'OK',
      queryType: 'pre_employment',
      consentOnFile: false,
    });
    expect(writeUpload([row(), second], options)).toEqual({
      text: 'Okafor\tAda\t07/04/1988\tTX12345678\tUS\tTX\t1\r\nOkafor\tAda\t07/04/1988\tB99\tUS\tOK\t3',
      accepted: [
        { line: 1, ref: 'emp-1' },
        { line: 2, ref: 'emp-2' },
      ],
      rejected: [],
    });
  });

  test.each([
    ['MM/DD/YYYY', '07/04/1988'],
    ['M/D/YYYY', '7/4/1988'],
    ['YYYY-MM-DD', '1988-07-04'],
    ['MMDDYYYY', '07041988'],
  ] as const)('dates as %s', (dateFormat, written) => {
    expect(writeUpload([row()], { ...options, dateFormat }).text.split('\t')[2]).toBe(written);
  });

  test('rows that would be rejected come back with line and reason, the others are written', () => {
    const bad = [
      row({ ref: 'a', lastName: ' ' }),
      row({ ref: 'b', firstName: 'A\tda' }),
      row({ ref: 'c', birthDate: '1988-02-30' }),
      row({ ref: 'd', birthDate: '2030-01-01' }),
      row({ ref: 'e', cdlNumber: '12#4' }),
      row({ ref: 'f', country: 'DE' }),
      row({ ref: 'g', state: 'Texas' }),
      row({ ref: 'h', consentOnFile: false }),
      row({ ref: 'i' }),
      row({ ref: 'j', cdlNumber: 'TX12345678' }),
    ];
    const { text, accepted, rejected } = writeUpload(bad, options);
    expect(text.split('\r\n')).toHaveLength(1);
    expect(accepted).toEqual([{ line: 9, ref: 'i' }]);
    expect(rejected.map(({ line, ref, reason }) => `${line} ${ref}: ${reason}`)).toEqual([
      '1 a: last name is blank',
      '2 b: first name holds a tab, line break or control character',
      '3 c: date of birth "1988-02-30" is no date',
      '4 d: date of birth lies in the future',
      '5 e: CDL number is blank or holds other than letters and digits',
      '6 f: country "DE" is not US, CA or MX',
      '7 g: state "Texas" is no State or province code',
      '8 h: no consent to limited queries on file (49 CFR 382.701(b)(2))',
      '10 j: the same licence and query type stand in row 9',
    ]);
  });

  test('whatever the names hold, every written row has seven columns and every input row an answer', () => {
    const awkward = fc.string({
      unit: fc.constantFrom('a', 'é', ' ', '\t', '\n', '\r', '\u0085', '\u2028'),
      maxLength: 6,
    });
    const rows = fc.array(
      fc
        .record({
          lastName: awkward,
          firstName: fc.string({ maxLength: 6 }),
          cdlNumber: fc.string({ maxLength: 4 }),
        })
        .map(row),
    );
    fc.assert(
      fc.property(rows, (list) => {
        const { text, accepted, rejected } = writeUpload(list, options);
        const lines = text === '' ? [] : text.split('\r\n');
        expect(lines).toHaveLength(accepted.length);
        expect(lines.every((line) => line.split('\t').length === 7)).toBe(true);
        expect(accepted.length + rejected.length).toBe(list.length);
      }),
    );
  });
});

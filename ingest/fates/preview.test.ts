import { expect, test } from 'vitest';
import { maskedPreview } from './preview.ts';

const hidden = /Zelda|Quarry|zelda|1990|123-45-6789|555|hunter2|Main St/;

test.each([
  [
    'JSON',
    '{"first_name":"Zelda","lastName":"Quarry","email":"zelda@example.com","dob":"1990-10-31","ssn":"123-45-6789","phone":"555"}',
  ],
  ['JSON cut in the middle of a value', '{"id":"x","first_name":"Zelda Qua'],
  ['JSON with an escaped quote', '{"last_name":"Qua\\"rry Zelda","id":"x"}'],
  [
    'XML',
    '<a><FirstName>Zelda</FirstName><DOB>10/31/1990</DOB><PrimaryID>TX555</PrimaryID><Password>hunter2</Password></a>',
  ],
  [
    'XML with prefix and attributes',
    '<r userId="zelda" password=\'hunter2\'><n:GivenName x="1">Zelda</n:GivenName></r>',
  ],
  [
    'escaped XML inside XML',
    '<x>&lt;LastName&gt;Quarry&lt;/LastName&gt;&lt;DOB&gt;10/31/1990&lt;/DOB&gt;</x>',
  ],
  ['a mail address and a social security number anywhere', '{"note":"zelda@example.com has 123-45-6789"}'],
  ['a table', 'HP-1,Zelda,Quarry,1990-10-31'],
  ['a form', 'request=%3CFirstName%3EZelda&x=555'],
])('%s', (_name, body) => {
  expect(maskedPreview(Buffer.from(body))).not.toMatch(hidden);
});

test('structure, ids and words stay readable', () => {
  const body = '{"id":"rep-1","status":"complete","result":"mostly","created_at":"2026-11-20T12:00:00Z"}';
  expect(maskedPreview(Buffer.from(body))).toBe(body);
  expect(
    maskedPreview(Buffer.from('<OrderResult><OrderResultID>Negative</OrderResultID></OrderResult>')),
  ).toContain('Negative');
});

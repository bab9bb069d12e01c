import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createFrozenClock } from '#platform/clock';
import { checkBytes, checkFiles, exitCodeOf } from './check.ts';
import { runCheckCommand } from './check-command.ts';
import { sources } from './sources.ts';

const clock = createFrozenClock('2026-11-20T12:00:00.000Z');
const settings = { channel: 'mro' };

const fixture = (path: string) => fileURLToPath(new URL(`sources/${path}`, import.meta.url));
const files = {
  checkr: fixture('checkr/fixtures/report.completed.json'),
  tazworks: fixture('tazworks/fixtures/postback.xml'),
  quest: fixture('quest-esp/fixtures/order-result.xml'),
};

function check(text: string, vendor: string | null = null) {
  return checkBytes('given', Buffer.from(text), { vendor, sources, clock, settings });
}

async function run(...argv: string[]) {
  let text = '';
  const code = await runCheckCommand(argv, (part) => {
    text += part;
  });
  return { code, text };
}

describe('without --vendor the vendor is found out', () => {
  test.each([
    [files.checkr, 'checkr', 'report.cleared', 'event report.completed'],
    [files.tazworks, 'tazworks', 'report.cleared', 'XML postback BackgroundReports'],
    [files.quest, 'quest-esp', 'test.mro_negative', 'OrderResult'],
  ])('%s', async (file, vendor, type, identified) => {
    const [result] = await checkFiles({ files: [file], vendor: null, sources, clock, settings });
    expect(result).toMatchObject({
      vendor,
      vendorDetected: true,
      identified,
      result: 'event',
      events: [{ type }],
    });
  });

  test.each([
    [
      '{"type":"employee.updated","timestamp":"2026-11-20T12:00:00Z","data":{"employeeId":"1"}}',
      'bamboohr',
      'dead_letter',
    ],
    [
      '{"module":"dot","type":"query.invented","subjectRef":"q","occurredAt":"2026-11-20T12:00:00Z","employee":{"externalId":"1"},"payload":{}}',
      'standard-webhooks',
      'drop',
    ],
    ['Employee Number,First Name,Last Name\nHP-1,Ada,Quarry\n', 'csv-employees', 'event'],
    [
      'Quarry\tAda\t10/31/1990\tTX1\tUS\tTX\t1\tCompleted\tDriver Not Prohibited\t11/19/2026',
      'clearinghouse',
      'event',
    ],
    ['{"object":"candidate","id":"c1"}', 'checkr', 'error'],
    ['<BackgroundCheck userId="a" password="b"/>', 'tazworks', 'error'],
    ['<Order><DonorInfo/></Order>', 'quest-esp', 'error'],
    ['[{"object":"event","id":"e"}]', 'checkr', 'error'],
  ])('%s', (text, vendor, result) => {
    expect(check(text)).toMatchObject({ vendor, result });
  });

  test.each(['', 'hello', '{"a":1}', '[]', '<html/>', '\u0000\u0001', 'name,colour\nApple,red'])(
    '%j belongs to nobody',
    (text) => {
      expect(check(text)).toMatchObject({ vendor: null, result: 'error', error: { stage: 'vendor' } });
    },
  );
});

test.each([
  ['<!DOCTYPE a><OrderStatus/>', 'line 1, column 1'],
  ['<OrderStatus>', 'line 1, column 14'],
  ['{"object":"event",', 'line 1, column 19'],
])('what nobody can read says where: %s', (text, path) => {
  expect(check(text).error).toMatchObject({ stage: 'syntax', status: 400, places: [{ path }] });
});

describe('with --vendor', () => {
  test('another vendor’s message is an error that says whose it looks like', () => {
    const quest = readFileSync(files.quest, 'utf8');
    expect(check(quest, 'checkr').error).toMatchObject({ stage: 'syntax', status: 400 });
    expect(check(quest, 'checkr').error?.detail).toContain('this looks like Quest ESP: OrderResult');
    expect(check(quest, 'tazworks').error?.detail).toContain('this looks like Quest ESP: OrderResult');
    const checkr = readFileSync(files.checkr, 'utf8');
    expect(check(checkr, 'tazworks').error?.detail).toContain(
      'this looks like Checkr: event report.completed',
    );
  });

  test('errors carry their place and what the door would answer', () => {
    expect(check('{"object": "event",}', 'checkr').error).toMatchObject({
      stage: 'syntax',
      status: 400,
      places: [{ path: 'line 1, column 20' }],
    });
    expect(check('{"object":"event","id":"e"}', 'checkr').error).toMatchObject({
      stage: 'schema',
      status: 422,
      places: [{ path: 'type' }, { path: 'created_at' }, { path: 'data' }],
    });
  });

  test('a vendor nobody knows', () => {
    expect(check('{}', 'acme').error).toMatchObject({ stage: 'vendor' });
  });
});

describe('exit code', () => {
  test.each([
    ['an event', [readFileSync(files.checkr, 'utf8')], 0],
    [
      'a dead letter',
      ['{"type":"employee.deleted","timestamp":"2026-11-20T12:00:00Z","data":{"employeeId":"1"}}'],
      0,
    ],
    [
      'a refused row beside good ones',
      ['Employee Number,First Name,Last Name\nHP-1,Ada,Quarry\nHP-2,,Stone\n'],
      2,
    ],
    ['one bad file among good ones', [readFileSync(files.checkr, 'utf8'), 'nothing'], 2],
  ])('%s', (_name, texts, expected) => {
    expect(exitCodeOf(texts.map((text) => check(text)))).toBe(expected);
  });
});

describe('the command', () => {
  test('prints one JSON array, one entry per file, in the order given', async () => {
    const { code, text } = await run(files.quest, '/does/not/exist', files.checkr);
    const results = JSON.parse(text) as { file: string; result: string }[];
    expect(code).toBe(2);
    expect(results.map((one) => [one.file, one.result])).toEqual([
      [files.quest, 'event'],
      ['/does/not/exist', 'error'],
      [files.checkr, 'event'],
    ]);
  });

  test('--set gives an endpoint setting', async () => {
    const { text } = await run('--vendor', 'quest-esp', '--set', 'channel=lab', files.quest);
    expect(JSON.parse(text)).toMatchObject([{ events: [{ payload: { channel: 'lab' } }] }]);
  });

  test('without files it explains itself', async () => {
    expect(await run()).toMatchObject({
      code: 64,
      text: expect.stringContaining('Usage: ingest:check') as unknown,
    });
    expect((await run('--help')).code).toBe(0);
  });
});

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkedOutcome } from './payload.ts';
import { maskedPreview } from './fates/preview.ts';
import type { Source } from './source.ts';
import { sources } from './sources.ts';

const kinds = ['event', 'drop', 'dead_letter', 'fetch', 'row_rejected'];
const context = { receivedAt: '2026-11-20T12:00:00.000Z', settings: { channel: 'mro' } };
/** Instants and ids as the contract wants them, whatever came in. */
const instant = /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Runs one body through a source and holds the answer to what the pipeline relies on. */
function run(source: Source, body: Buffer, contentType: string | undefined): void {
  source.identify(body);
  maskedPreview(body);
  const headers = { 'content-type': contentType };
  source.createVerifier(['a-secret'])(body, headers, 0);
  const parsed = source.parse(body, headers);
  if (!parsed.ok) {
    expect(['syntax', 'schema']).toContain(parsed.stage);
    expect(parsed.places.length).toBeGreaterThan(0);
    return;
  }
  expect(source.deliveryKey(parsed.value, body)).not.toBe('');
  source.orderKey(parsed.value);
  const outcomes = source.normalise(parsed.value, context).map(checkedOutcome);
  expect(outcomes.length).toBeGreaterThan(0);
  for (const outcome of outcomes) {
    expect(kinds).toContain(outcome.kind);
    if (outcome.kind !== 'event') continue;
    expect(outcome.draft.occurredAt).toMatch(instant);
    expect(outcome.draft.dedupeKey.length).toBeLessThanOrEqual(300);
    expect(outcome.draft.subjectRef.length).toBeLessThanOrEqual(300);
  }
}

const word = fc.oneof(
  fc.constantFrom(
    'complete',
    'clear',
    'consider',
    'pending',
    'x:ready',
    'Negative',
    'COLLECTED',
    'TRUE',
    '',
    ' ',
    'constructor',
    '__proto__',
  ),
  fc.string({ maxLength: 30 }),
);
/** Mostly what a schema lets through, now and then any JSON at all. */
const value = fc.oneof(
  { weight: 40, arbitrary: word },
  { weight: 10, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);
const id = fc.oneof(
  { weight: 20, arbitrary: fc.string({ minLength: 1, maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ minLength: 400, maxLength: 600 }) },
  { weight: 1, arbitrary: value },
);
const time = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.constantFrom(
      '2026-11-20T12:00:00Z',
      '11/20/2026 12:00:00',
      '1795176000',
      '2026-11-20T12:00:00+0500',
    ),
  },
  { weight: 1, arbitrary: value },
);

const checkrBody = fc
  .record({
    id,
    object: fc.constant('event'),
    type: fc
      .tuple(
        fc.constantFrom('report', 'candidate', 'invitation', 'adverse_action', 'package', 'x'),
        fc.constantFrom(
          'created',
          'completed',
          'updated',
          'suspended',
          'upgraded',
          'engaged',
          'expired',
          'pre_adverse_action',
          'notice_not_delivered',
          'zzz',
        ),
      )
      .map((parts) => parts.join('.')),
    created_at: time,
    data: fc.record({
      object: fc.record(
        {
          id,
          object: word,
          status: value,
          result: value,
          adjudication: value,
          candidate_id: value,
          report_id: value,
          report_ids: fc.array(word, { maxLength: 2 }),
          completed_at: time,
          revised_at: time,
          drug_screening: fc.record({
            id,
            status: value,
            disposition: value,
            result: value,
            mro_notes: value,
          }),
          motor_vehicle_report: fc.record({
            id,
            license_reports: fc.array(
              fc.record({ state: word, status: value, number: word, violations: value }),
            ),
          }),
          drug_alcohol_clearinghouse: fc.record({ id, status: value, query_result: value }),
        },
        { requiredKeys: ['id'] },
      ),
    }),
  })
  .map((event) => JSON.stringify(event));

const tazBody = fc
  .record({
    event: fc.constantFrom('order.created', 'order.completed', 'order.canceled', 'client.updated', 'x'),
    resourceGuid: id,
    resourcePath: fc.oneof(fc.constant('/clients/a/orders/b'), word),
    timestamp: time,
    externalIdentifier: value,
  })
  .map((event) => JSON.stringify(event));

const ownBody = fc
  .record({
    id,
    module: fc.constantFrom('training', 'background', 'dot', 'people', 'x'),
    type: fc.constantFrom(
      'assignment.canceled',
      'report.cleared',
      'dispute.closed',
      'query.processing',
      'x.y',
    ),
    subjectRef: id,
    occurredAt: time,
    employee: fc.record({ externalId: word, email: word }),
    payload: fc.record({ item: id }),
  })
  .map((event) => JSON.stringify(event));

const bambooBody = fc
  .record({
    type: fc.constantFrom('employee.created', 'employee.updated', 'employee.deleted', 'x'),
    timestamp: time,
    data: fc.record({ employeeId: fc.oneof(id, fc.integer()) }),
  })
  .map((event) => JSON.stringify(event));

const xmlText = word.map((text) => text.replace(/[^\w :.-]/g, ''));
const questBody = fc
  .tuple(
    fc.constantFrom('OrderStatus', 'OrderResult', 'orderresult', 'Order'),
    fc.dictionary(
      fc.constantFrom(
        'QuestOrderID',
        'OrderStatusID',
        'OrderResultID',
        'ScreenType',
        'OrderStatusDateTime',
        'SpecimenID',
        'DOB',
      ),
      fc.oneof(xmlText, fc.constantFrom('Drug', 'alcohol', '2026-11-20T12:00:00Z')),
    ),
  )
  .map(
    ([name, fields]) =>
      `<${name}>${Object.entries(fields)
        .map(([key, text]) => `<${key}>${text}</${key}>`)
        .join('')}</${name}>`,
  );
const foxBody = fc
  .tuple(
    xmlText,
    fc.constantFrom('OK', 'REFU', 'SCHD', 'WARP', ''),
    fc.constantFrom('Drug', 'Alcohol', 'x'),
    xmlText,
  )
  .map(
    ([order, status, type, outcome]) =>
      `<e><updateOrderStatus><ReferenceTestId>${order}</ReferenceTestId><Status>${status}</Status></updateOrderStatus><ResultOrderResults><ReferenceTestID>${order}</ReferenceTestID><Screening type="${type}"><ScreenResult>${outcome}</ScreenResult></Screening></ResultOrderResults></e>`,
  );
const postbackBody = fc
  .tuple(xmlText, xmlText, xmlText)
  .map(
    ([order, flag, status]) =>
      `<BackgroundReports><BackgroundReportPackage><OrderId>${order}</OrderId><ScreeningStatus><OrderStatus flag="${flag}">${status}</OrderStatus></ScreeningStatus></BackgroundReportPackage></BackgroundReports>`,
  );
const table = fc
  .array(
    fc.array(
      word.map((cell) => cell.replace(/["\n\r]/g, '')),
      { maxLength: 12 },
    ),
    { maxLength: 6 },
  )
  .map((rows) => rows.map((row) => row.join('\t')).join('\n'));
const employees = table.map((text) => `Employee Number\tFirst Name\tLast Name\tStatus\tHire Date\n${text}`);
const file = fc
  .array(
    fc
      .tuple(word, fc.constantFrom('1', '2', '3', '4', '9'), word, time)
      .map(([name, type, status, at]) =>
        [
          name,
          'Ada',
          '10/31/1990',
          'TX1',
          'US',
          'TX',
          type,
          status,
          'Driver Not Prohibited',
          typeof at === 'string' ? at : '',
        ].join('\t'),
      ),
    { minLength: 1, maxLength: 5 },
  )
  .map((rows) => rows.join('\n'));

/** What each vendor really sends, in all variations. */
const messages: Readonly<Record<string, fc.Arbitrary<string>>> = {
  checkr: checkrBody,
  tazworks: fc.oneof(tazBody, postbackBody),
  'quest-esp': questBody,
  formfox: foxBody,
  'standard-webhooks': ownBody,
  bamboohr: bambooBody,
  clearinghouse: file,
  'csv-employees': employees,
};
const text = fc.oneof(...Object.values(messages), table, fc.string(), fc.json());

/** A good message with bytes changed, cut or doubled. */
const damaged = fc
  .tuple(text, fc.nat(), fc.nat({ max: 255 }), fc.constantFrom('flip', 'cut', 'double'))
  .map(([body, at, byte, how]) => {
    const bytes = Buffer.from(body);
    if (bytes.length === 0 || how === 'double') return Buffer.concat([bytes, bytes]);
    if (how === 'cut') return bytes.subarray(0, at % bytes.length);
    bytes[at % bytes.length] = byte;
    return bytes;
  });
const body = fc.oneof(
  text.map((one) => Buffer.from(one)),
  text.map((one) => Buffer.from(one, 'utf16le')),
  text.map((one) => Buffer.from(one, 'latin1')),
  text.map((one) => Buffer.from(new URLSearchParams({ request: one }).toString())),
  damaged,
  fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
);

describe.each(sources.map((source) => [source.vendor, source] as const))('%s', (_vendor, source) => {
  test('never throws, and always comes to one of the outcomes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          (messages[source.vendor] ?? text).map((one) => Buffer.from(one)),
          body,
        ),
        fc.constantFrom(
          undefined,
          'application/json',
          'application/x-www-form-urlencoded; charset=ISO-8859-1',
          'text/xml',
        ),
        (bytes, type) => run(source, bytes, type),
      ),
      { numRuns: 400 },
    );
  });
});

test('vendors have names of their own that can stand in a topic', () => {
  const names = sources.map((source) => source.vendor);
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => !/^[a-z][a-z0-9-]*$/.test(name))).toEqual([]);
});

test('an unknown word of status or result never becomes a clear, negative or cleared fact', () => {
  const good = ['report.cleared', 'test.mro_negative', 'adjudication.approved'];
  const checkr = sources.find((source) => source.vendor === 'checkr');
  const unknown = fc
    .string({ minLength: 1 })
    .filter((one) => !/^\s*(clear|consider|complete[d]?)\s*$/i.test(one) && !/[\0\ud800-\udfff]/.test(one));
  fc.assert(
    fc.property(unknown, fc.constantFrom('status', 'result'), (strange, field) => {
      const object = { id: 'r', status: 'complete', result: 'clear', candidate_id: 'c', [field]: strange };
      const event = {
        id: 'e',
        object: 'event',
        type: 'report.completed',
        created_at: '2026-11-20T12:00:00Z',
        data: { object },
      };
      const bytes = Buffer.from(JSON.stringify(event));
      const parsed = checkr?.parse(bytes, {});
      const outcomes = parsed?.ok ? (checkr?.normalise(parsed.value, context) ?? []) : [];
      const types = outcomes.map((one) => (one.kind === 'event' ? one.draft.type : one.kind));
      expect(types.filter((type) => good.includes(type))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

import { modules } from '#contracts/modules';
import { complianceEvents as table } from '../compliance-events.ts';
import { computed, shown, type View } from './view.ts';

const { columns } = table;

export const events = {
  meaning: 'What happened to people, as vendors and the app reported it. Only modules that you see in full.',
  grain: 'one event',
  needs: 'view',
  personal: true,
  byModule: true,
  columns: {
    id: shown(columns.id, { example: 'evt_01jx…' }),
    employee_id: shown(columns.employee_id, { example: 'emp_01jx…' }),
    module: shown(columns.module, { example: 'drug_alcohol', values: [...modules, 'people'] }),
    type: shown(columns.type, { example: 'test.mro_negative' }),
    subject: shown(columns.subject_ref, { example: 'order-4711/drug' }),
    occurred_at: shown(columns.occurred_at, { example: '2026-11-20 09:00:00.000', unit: 'UTC' }),
    received_at: shown(columns.received_at, { example: '2026-11-20 09:59:59.000', unit: 'UTC' }),
    vendor: shown(columns.vendor, { example: 'checkr' }),
    test_reason: computed('String', 'Why a drug or alcohol test was ordered, when told.', 'protected', {
      example: 'random',
    }),
    test_kind: computed('String', 'drug or alcohol; empty when the event is of no test.', 'plain', {
      example: 'drug',
      values: ['drug', 'alcohol', ''],
    }),
    item: computed('String', 'What the record is of.', 'protected', { example: 'forklift' }),
    ends_on: computed('Nullable(Date)', 'Last day that the record covers.', 'protected', {
      example: '2026-12-31',
    }),
  },
  joins: [{ view: 'people', on: ['employee_id'] }],
  questions: [
    {
      question: 'What share of verified drug tests is positive, by month?',
      sql: `SELECT toStartOfMonth(occurred_at) AS month,
  countIf(type = 'test.mro_positive') AS positive, count() AS verified,
  round(100 * positive / verified, 2) AS percent_positive
FROM events WHERE module = 'drug_alcohol' AND type IN ('test.mro_negative', 'test.mro_positive')
GROUP BY month ORDER BY month`,
    },
    {
      question: 'How many events did each vendor send in the last 7 days?',
      sql: `SELECT vendor, count() AS events, max(received_at) AS latest FROM events
WHERE received_at >= now() - INTERVAL 7 DAY GROUP BY vendor ORDER BY events DESC`,
    },
  ],
} as const satisfies View;

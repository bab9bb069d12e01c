import { modules } from '#contracts/modules';
import { flagChanges as table } from '../flag-changes.ts';
import { colours } from './flags.ts';
import { shown, type View } from './view.ts';

const { columns } = table;
const anyColour = ['none', ...colours];

export const flagChanges = {
  meaning: 'History of flags: who turned which colour in which module, when, and why.',
  grain: 'one change; from_flag = to_flag when only the outlook moved',
  needs: 'see',
  personal: true,
  byModule: true,
  columns: {
    id: shown(columns.id, { example: 'flc_01jx…' }),
    employee_id: shown(columns.employee_id, { example: 'emp_01jx…' }),
    module: shown(columns.module, { example: 'health', values: modules }),
    from_flag: shown(columns.from_flag, { example: 'green', values: anyColour }),
    from_hold: shown(columns.from_hold, { example: 'false' }),
    to_flag: shown(columns.to_flag, { example: 'yellow', values: anyColour }),
    to_hold: shown(columns.to_hold, { example: 'true' }),
    reason: shown(columns.summary, { example: 'Medical certificate expired on 2026-11-17.' }),
    rule_id: shown(columns.lead_rule_id, { example: 'DT07' }),
    changed_at: shown(columns.decided_at, { example: '2026-11-20 10:00:00.000', unit: 'UTC' }),
    received_at: shown(columns.received_at, { example: '2026-11-20 09:59:59.000', unit: 'UTC' }),
  },
  joins: [{ view: 'people', on: ['employee_id'] }],
  questions: [
    {
      question: 'How many flags turned red per day in the last 30 days?',
      sql: `SELECT toDate(changed_at) AS day, count() AS turned_red FROM flag_changes
WHERE to_flag = 'red' AND from_flag != 'red' AND changed_at >= now() - INTERVAL 30 DAY
GROUP BY day ORDER BY day`,
    },
  ],
} as const satisfies View;

import { modules } from '#contracts/modules';
import { flagsCurrent as table } from '../flags-current.ts';
import { shown, type View } from './view.ts';

const { columns } = table;

/** Gravest last, as the engine orders them. */
export const colours = ['green', 'yellow', 'stale', 'red'] as const;

export const flags = {
  meaning: 'Compliance flags as they are now. Modules that a person does not need have no row.',
  grain: 'one person and module',
  needs: 'see',
  personal: true,
  byModule: true,
  columns: {
    employee_id: shown(columns.employee_id, { example: 'emp_01jx…' }),
    module: shown(columns.module, { example: 'dot', values: modules }),
    flag: shown(columns.flag, { example: 'red', values: colours }),
    hold: shown(columns.hold, { example: 'true' }),
    reason: shown(columns.short, { example: '3 d late' }),
    rule_id: shown(columns.lead_rule_id, { example: 'DT07' }),
    next_change_at: shown(columns.next_change_at, { example: '2026-12-01 06:00:00.000', unit: 'UTC' }),
    next_flag: shown(columns.next_flag, { example: 'yellow', values: ['none', ...colours] }),
    turns_red_at: shown(columns.turns_red_at, { example: '2026-12-20 06:00:00.000', unit: 'UTC' }),
    decided_at: shown(columns.decided_at, { example: '2026-11-20 10:00:00.000', unit: 'UTC' }),
  },
  joins: [{ view: 'people', on: ['employee_id'] }],
  questions: [
    {
      question: 'What share of people is compliant, per module?',
      sql: `SELECT module, round(100 * countIf(flag = 'green') / count(), 1) AS percent_green, count() AS people
FROM flags GROUP BY module ORDER BY module`,
    },
    {
      question: 'Who is red, where, and why?',
      sql: `SELECT p.name, p.location, f.module, f.reason
FROM flags AS f INNER JOIN people AS p ON p.employee_id = f.employee_id
WHERE f.flag = 'red' ORDER BY p.location, p.name LIMIT 100`,
    },
    {
      question: 'Who turns red in the next 30 days?',
      sql: `SELECT p.name, f.module, f.turns_red_at
FROM flags AS f INNER JOIN people AS p ON p.employee_id = f.employee_id
WHERE f.turns_red_at BETWEEN now() AND now() + INTERVAL 30 DAY ORDER BY f.turns_red_at`,
    },
  ],
} as const satisfies View;

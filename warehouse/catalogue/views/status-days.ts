import { modules } from '#contracts/modules';
import { statusDays as table } from '../status-days.ts';
import { colours } from './flags.ts';
import { computed, shown, type View } from './view.ts';

const { columns } = table;

export const statusDays = {
  meaning: 'How many people stood how at the end of each past day, up to 25 months back. For trends.',
  grain: 'one day, module, flag, hold and place; add up people',
  needs: 'see',
  personal: false,
  byModule: true,
  columns: {
    day: shown(columns.day, { example: '2026-11-19', unit: 'UTC day' }),
    module: computed('String', 'Compliance module.', 'plain', { example: 'training', values: modules }),
    flag: computed('String', 'Colour at the end of the day.', 'plain', { example: 'green', values: colours }),
    hold: computed('Bool', 'Whether work had to stop.', 'plain', { example: 'false' }),
    division_id: shown(columns.division_id, { example: 'div_01jx…' }),
    location_id: shown(columns.location_id, { example: 'loc_01jx…' }),
    job_role_id: shown(columns.job_role_id, { example: 'job_01jx…' }),
    people: computed('Int64', 'Number of people.', 'plain', { example: '120', unit: 'people' }),
  },
  joins: [],
  questions: [
    {
      question: 'How did the compliance rate develop, per module and day?',
      sql: `SELECT day, module, round(100 * sumIf(people, flag = 'green') / sum(people), 1) AS percent_green
FROM status_days GROUP BY day, module ORDER BY day, module`,
    },
  ],
} as const satisfies View;

import { phases } from '#contracts/person-facts';
import { people as table } from '../people.ts';
import { shown, type View } from './view.ts';

const { columns } = table;

export const people = {
  meaning: 'People as they are now: name, phase and place in the company.',
  grain: 'one person',
  needs: 'see',
  personal: true,
  byModule: false,
  columns: {
    employee_id: shown(columns.employee_id, { example: 'emp_01jx…' }),
    name: shown(columns.name, { example: 'Maria Ortiz' }),
    phase: shown(columns.phase, { example: 'active', values: phases }),
    division_id: shown(columns.division_id, { example: 'div_01jx…' }),
    division: shown(columns.division_name, { example: 'Transport' }),
    location_id: shown(columns.location_id, { example: 'loc_01jx…' }),
    location: shown(columns.location_name, { example: 'Laredo, TX' }),
    job_role_id: shown(columns.job_role_id, { example: 'job_01jx…' }),
    job_role: shown(columns.job_role_name, { example: 'CDL driver' }),
  },
  joins: [],
  questions: [
    {
      question: 'How many people work at each location?',
      sql: `SELECT location, count() AS people FROM people WHERE phase = 'active' GROUP BY location ORDER BY people DESC`,
    },
  ],
} as const satisfies View;

import { plain, word, type Table } from './table.ts';

export const statusDays = {
  meaning: 'How many people stood how at the end of each past day (UTC).',
  grain: 'One day, view, division, location, job role and state; sum(people) over rows of the same key.',
  explorable: false,
  columns: {
    tenant_id: plain(word, 'Company.'),
    audience: plain(word, 'Whose view it is: der or others.'),
    day: plain('Date', 'The day whose end is meant.'),
    division_id: plain(word, 'Division of the people when the day was rolled up.'),
    location_id: plain(word, 'Location of the people when the day was rolled up.'),
    job_role_id: plain(word, 'Job role of the people when the day was rolled up.'),
    state: plain('UInt32', 'Colour and hold in each of the six modules, four bits a module.'),
    people: plain('Int64', 'Number of people; may be a correction of an earlier row.'),
  },
} as const satisfies Table;

export const rolledDays = {
  meaning: 'Which days of which company are in status_days.',
  grain: 'One company and day. Read with FINAL.',
  explorable: false,
  columns: {
    tenant_id: plain(word, 'Company.'),
    day: plain('Date', 'The day.'),
    changes: plain('UInt64', 'Flag changes decided on that day when it was rolled up.'),
    rolled_at: plain('UInt64', 'When it was rolled up, ms since 1970; the highest wins.'),
  },
} as const satisfies Table;

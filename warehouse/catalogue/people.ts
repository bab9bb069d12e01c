import { personal, plain, word, type Table } from './table.ts';

export const people = {
  meaning: 'People as they are now: name and place in the company.',
  grain: 'One person. Read with FINAL.',
  explorable: true,
  columns: {
    tenant_id: plain(word, 'Company to which the person belongs.'),
    employee_id: personal('String', 'The person (emp_…).'),
    name: personal('String', 'Full name.'),
    phase: plain(word, 'applicant, active, leave or terminated; empty when not yet known.'),
    division_id: plain(word, 'Division; empty when none.'),
    division_name: plain(word, 'Name of the division.'),
    location_id: plain(word, 'Location; empty when none.'),
    location_name: plain(word, 'Name of the location.'),
    job_role_id: plain(word, 'Job role; empty when none.'),
    job_role_name: plain(word, 'Name of the job role.'),
    version: plain(
      'UInt64',
      'When the person was changed, ms since 1970 (s when an event told it); the highest wins.',
    ),
  },
} as const satisfies Table;

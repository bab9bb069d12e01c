import * as z from 'zod';
import { flagColourSchema } from '#contracts/flags';
import { moduleSchema } from '#contracts/modules';
import { integer } from './counts.ts';
import type { NamedQuery } from './query.ts';
import { changeForAudience, personInScope } from './scope.ts';
import { atParams, atSql } from './sources.ts';

const sinceSql = "fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC')";
const within = `${changeForAudience} AND decided_at > ${sinceSql} AND decided_at <= ${atSql}`;

const changesParams = atParams.extend({ since_ms: z.int(), limit: z.int().positive().max(1000) });

const changesRow = z.object({
  id: z.string(),
  employee_id: z.string(),
  name: z.string(),
  division_id: z.string(),
  location_id: z.string(),
  job_role_id: z.string(),
  module: moduleSchema,
  from_flag: flagColourSchema,
  from_hold: z.boolean(),
  to_flag: flagColourSchema,
  to_hold: z.boolean(),
  short: z.string(),
  summary: z.string(),
  lead_rule_id: z.string(),
  decided_at: z.string(),
  total: integer,
  worse: integer,
});
export type ChangesRow = z.infer<typeof changesRow>;

/** Changes of colour or hold since an instant, newest first, with how many there were and how many for the worse. */
export const changesQuery: NamedQuery<typeof changesParams, typeof changesRow> = {
  name: 'overview.changes',
  params: changesParams,
  row: changesRow,
  sql: `WITH changes AS (
    SELECT id, employee_id, sequence, module, from_flag, from_hold, to_flag, to_hold, short, summary,
      lead_rule_id, decided_at
    FROM flag_changes FINAL
    WHERE ${within} AND module IN {modules:Array(String)}
      AND (from_flag != to_flag OR from_hold != to_hold)
  ),
  placed AS (
    SELECT employee_id, name, division_id, location_id, job_role_id
    FROM people FINAL
    WHERE ${personInScope} AND employee_id IN (SELECT employee_id FROM changes)
  )
SELECT id, employee_id, placed.name AS name, division_id, location_id, job_role_id, module, from_flag, from_hold,
  to_flag, to_hold, short, summary, lead_rule_id, decided_at,
  count() OVER () AS total,
  countIf(toInt8(to_flag) > greatest(toInt8(from_flag), 1) OR (to_hold AND NOT from_hold)) OVER () AS worse
FROM changes INNER JOIN placed USING (employee_id)
ORDER BY decided_at DESC, sequence DESC
LIMIT {limit:UInt32}`,
};

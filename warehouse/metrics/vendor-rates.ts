import * as z from 'zod';
import { integer } from './counts.ts';
import type { NamedQuery } from './query.ts';
import { personInScope } from './scope.ts';
import { atParams, atSql } from './sources.ts';

const params = atParams.extend({ since_ms: z.int(), bucket_ms: z.int().positive() });
const row = z.object({
  endpoint_id: z.string(),
  vendor: z.string(),
  bucket: integer,
  events: integer,
  last_received_at: z.string(),
});

/** Events that arrived per endpoint and slice of time. Bucket 0 begins at `since_ms`. */
export const vendorRatesQuery: NamedQuery<typeof params, typeof row> = {
  name: 'vendors.rates',
  params,
  row,
  sql: `SELECT endpoint_id, any(vendor) AS vendor,
  intDiv(toUnixTimestamp64Milli(received_at) - {since_ms:Int64}, {bucket_ms:Int64}) AS bucket,
  count() AS events, max(received_at) AS last_received_at
FROM compliance_events FINAL
WHERE ${personInScope}
  AND received_at >= fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC') AND received_at < ${atSql}
  AND endpoint_id != '' AND (module IN {modules:Array(String)} OR module = 'people')
GROUP BY endpoint_id, bucket
ORDER BY endpoint_id, bucket`,
};

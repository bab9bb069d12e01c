import type { ViewName } from '../catalogue/views/views.ts';
import { partsSql } from '../state.ts';
import { seenModules, type Sight } from './sight.ts';

/** Words of the module drug_alcohol that decide what only the DER may know; given by the module itself. */
export interface Secrecy {
  /** Reasons whose order must not be known before the person is told. */
  readonly unannouncedReasons: readonly string[];
  /** While a test has these events alone, the person has not been told yet. */
  readonly eventsBeforeNotice: readonly string[];
  /** Steps that nobody may tell apart before the medical review officer reports. */
  readonly laboratorySteps: readonly string[];
}

/** Where the tables are, and what is secret. */
export interface SourceContext {
  readonly database: string;
  readonly secrecy: Secrecy;
}

/**
 * The SELECT behind each view for one sight: the tenant, the people in scope and the modules as PREWHERE, which runs
 * before anything that a user writes; columns that must not be seen are replaced here. PREWHERE names key columns only
 * where rows replace each other, because it runs before FINAL: an outdated row must not outlive its successor.
 */
export const sources: Readonly<Record<ViewName, (sight: Sight, context: SourceContext) => string>> = {
  people: (sight, { database }) => `SELECT employee_id,
    ${sight.nameless ? "concat('Person ', upper(right(employee_id, 8)))" : 't.name'} AS name,
    phase, division_id, division_name AS division,
    ${sight.nameless ? "'' AS location_id, '' AS location" : 'location_id, location_name AS location'},
    ${sight.nameless ? "'' AS job_role_id, '' AS job_role" : 'job_role_id, job_role_name AS job_role'}
  FROM ${database}.people AS t FINAL
  PREWHERE t.tenant_id = ${text(sight.tenantId)} AND ${personInSight(sight, database)}`,

  flags: (sight, { database }) => `SELECT employee_id, module, flag, hold,
    ${inFull(sight, 'short', "''")} AS reason,
    ${withRule(sight)} AS rule_id,
    ${inFull(sight, 't.next_change_at', 'NULL')} AS next_change_at,
    ${inFull(sight, 't.next_flag', "'none'")}::Enum8('none' = 0, 'green' = 1, 'yellow' = 2, 'stale' = 3, 'red' = 4) AS next_flag,
    ${inFull(sight, 't.turns_red_at', 'NULL')} AS turns_red_at,
    decided_at
  FROM ${database}.flags_current AS t FINAL
  PREWHERE t.tenant_id = ${text(sight.tenantId)} AND t.audience = ${text(sight.audience)}
    AND ${among('t.module', seenModules(sight))} AND ${personInSight(sight, database)}
  WHERE flag != 'none'`,

  flag_changes: (
    sight,
    { database },
  ) => `SELECT id, employee_id, module, from_flag, from_hold, to_flag, to_hold,
    ${inFull(sight, 'summary', "''")} AS reason,
    ${inFull(sight, 'lead_rule_id', "''")} AS rule_id,
    decided_at AS changed_at, received_at
  FROM ${database}.flag_changes AS t FINAL
  PREWHERE t.tenant_id = ${text(sight.tenantId)} AND t.audience IN ('all', ${text(sight.audience)})
    AND ${among('t.module', seenModules(sight))} AND ${personInSight(sight, database)}
    AND (${among('t.module', sight.full)} OR t.from_flag != t.to_flag OR t.from_hold != t.to_hold)`,

  events: (sight, { database, secrecy }) => `SELECT id, employee_id, module, type, subject_ref AS subject,
    occurred_at, received_at, vendor,
    JSONExtractString(payload, 'test', 'reason') AS test_reason,
    JSONExtractString(payload, 'test', 'kind') AS test_kind,
    ${oneOf(['item', 'documentKind', 'program'])} AS item,
    toDateOrNull(${oneOf(['expiresOn', 'nextBy'])}) AS ends_on
  FROM ${database}.compliance_events AS t FINAL
  PREWHERE t.tenant_id = ${text(sight.tenantId)}
    AND ${among('t.module', sight.nameless ? sight.full : [...sight.full, 'people'])}
    AND ${personInSight(sight, database)}${sight.full.includes('drug_alcohol') ? testsInSight(sight, database, secrecy) : ''}`,

  status_days: (sight, { database }) => `SELECT day, part.1 AS module,
    ['green', 'yellow', 'stale', 'red'][part.2] AS flag, part.3::Bool AS hold,
    division_id, ${sight.nameless ? "'' AS location_id, '' AS job_role_id" : 'location_id, job_role_id'},
    sum(number) AS people
  FROM (
    SELECT day, division_id, location_id, job_role_id, state, sum(people) AS number
    FROM ${database}.status_days AS t
    PREWHERE t.tenant_id = ${text(sight.tenantId)} AND t.audience = ${text(sight.audience)}
      AND ${placeInSight(sight, 't.')}
    GROUP BY ALL
  ) ARRAY JOIN arrayFilter(each -> each.2 != 0 AND ${among('each.1', seenModules(sight))}, ${partsSql('state')}) AS part
  GROUP BY day, part.1, part.2, part.3, division_id${sight.nameless ? '' : ', location_id, job_role_id'}
  HAVING people != 0`,
};

/** The person's place as it is now decides, as everywhere; a row of a person who moved away goes with the person. */
function personInSight(sight: Sight, database: string): string {
  if (sight.ownEmployeeId !== null) return `t.employee_id = ${text(sight.ownEmployeeId)}`;
  if (sight.everyone) return '1';
  return `t.employee_id IN (
      SELECT employee_id FROM ${database}.people FINAL PREWHERE tenant_id = ${text(sight.tenantId)}
      WHERE ${placeInSight(sight, '')})`;
}

function placeInSight(sight: Sight, table: string): string {
  if (sight.ownEmployeeId !== null) return '0';
  if (sight.everyone) return '1';
  return `(${among(`${table}division_id`, sight.divisionIds)} OR ${among(`${table}location_id`, sight.locationIds)})`;
}

/** Drug and alcohol tests: nothing before its notice, no laboratory step, no result that was not verified. */
function testsInSight(sight: Sight, database: string, secrecy: Secrecy): string {
  const hidden = [
    among('t.type', secrecy.laboratorySteps),
    `startsWith(t.type, 'test.mro_') AND JSONHas(t.payload, 'channel') AND JSONExtractString(t.payload, 'channel') != 'mro'`,
  ];
  // 49 CFR 40.307(g): the follow-up plan is never told to the person.
  if (sight.ownEmployeeId !== null) hidden.push(`t.type IN ('sap.complied', 'sap.plan_completed')`);
  if (sight.audience !== 'der') hidden.push(unannounced(sight.tenantId, database, secrecy));
  return hidden.map((each) => `\n    AND NOT (t.module = 'drug_alcohol' AND ${each})`).join('');
}

/** 49 CFR 382.305(k)(1), 40.309(b): a random or follow-up test is the DER's alone until the person is told. */
function unannounced(tenantId: string, database: string, secrecy: Secrecy): string {
  return `startsWith(t.type, 'test.') AND (t.employee_id, t.subject_ref) IN (
      SELECT employee_id, subject_ref FROM ${database}.compliance_events
      PREWHERE tenant_id = ${text(tenantId)} AND module = 'drug_alcohol' AND startsWith(type, 'test.')
      GROUP BY employee_id, subject_ref
      HAVING max(${among("JSONExtractString(payload, 'test', 'reason')", secrecy.unannouncedReasons)})
        AND min(${among('type', secrecy.eventsBeforeNotice)}))`;
}

/** The value in modules that are seen in full, else the blank. */
function inFull({ full }: Sight, value: string, blank: string): string {
  return `if(${among('t.module', full)}, ${value}, ${blank})`;
}

/** De-identified sight keeps the rule behind a flag. */
function withRule({ full, deidentified }: Sight): string {
  return `if(${among('t.module', [...full, ...deidentified])}, t.lead_rule_id, '')`;
}

/** The payload's value under whichever of these keys it has; no event has two of them. */
const oneOf = (keys: readonly string[]): string =>
  `concat(${keys.map((key) => `JSONExtractString(payload, '${key}')`).join(', ')})`;

/** Ids and words of ours; the escape stands for the day when one of them is not. */
function text(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** An empty list admits nobody. */
function among(column: string, values: readonly string[]): string {
  return values.length === 0 ? '0' : `${column} IN (${values.map(text).join(', ')})`;
}

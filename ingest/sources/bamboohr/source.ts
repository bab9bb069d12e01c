import { createHash, createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import type { EmployeeProfile } from '#contracts/events/people';
import { deadLetter, drop, make, givenRef, ref, subjectOf } from '../../draft.ts';
import { toDate, toInstant } from '../../formats/instants.ts';
import { readJson } from '../../formats/json.ts';
import { checkSchema, isObject, lettersOf } from '../../formats/schema.ts';
import { withoutSecret } from '../../proofs/static-credentials.ts';
import type { NormaliseContext, Outcome, Parsed, Source, Verifier } from '../../source.ts';

/** Seconds between the sender's timestamp and our clock. The vendor publishes no figure; as Standard Webhooks. */
const toleranceS = 300;
const identifier = z.union([z.string().min(1), z.int()]).transform(String);

const webhookSchema = z.object({
  type: z.string().min(1).max(200),
  /** `…+0000` and `…Z` are both real. */
  timestamp: z.string().refine((value) => toInstant(value) !== null, 'expected an ISO 8601 time'),
  data: z.object({
    companyId: identifier.optional(),
    employeeId: identifier,
    changedFields: z.array(z.string()).nullish(),
  }),
});
type BambooMessage = z.infer<typeof webhookSchema>;

const word = z.string().nullish();

/** The employee as `GET /api/v1/employees/{id}` answers the fields that we ask for. */
const employeeSchema = z.object({
  id: identifier,
  employeeNumber: word,
  firstName: word,
  lastName: word,
  workEmail: word,
  dateOfBirth: word,
  hireDate: word,
  terminationDate: word,
  status: word,
  jobTitle: word,
  department: word,
  location: word,
});
type BambooEmployee = z.infer<typeof employeeSchema>;

const fields = Object.keys(employeeSchema.shape).filter((name) => name !== 'id');

/** Lower-case hex HMAC-SHA256 of the raw body followed by the timestamp header, keyed with the webhook's private key. */
function createBambooVerifier(secrets: readonly string[]): Verifier {
  const keys = secrets.filter((secret) => secret !== '').map((secret) => createSecretKey(secret, 'utf8'));
  return (rawBody, headers, nowMs) => {
    if (keys.length === 0) return withoutSecret;
    const given = headers['x-bamboohr-signature']?.trim() ?? '';
    const timestamp = headers['x-bamboohr-timestamp']?.trim() ?? '';
    if (!given) return { ok: false, reason: 'signature_missing', detail: 'No X-BambooHR-Signature header.' };
    const sentAt = toInstant(timestamp);
    if (!sentAt)
      return { ok: false, reason: 'timestamp_missing', detail: 'No readable X-BambooHR-Timestamp header.' };
    if (Math.abs(nowMs - Date.parse(sentAt)) > toleranceS * 1000) {
      return {
        ok: false,
        reason: 'timestamp_stale',
        detail: `X-BambooHR-Timestamp is more than ${toleranceS} s from now.`,
      };
    }
    const digest = /^[0-9a-f]{64}$/.test(given) ? Buffer.from(given, 'hex') : null;
    let matched = false;
    for (const key of keys) {
      const own = createHmac('sha256', key).update(rawBody).update(timestamp).digest();
      matched = (digest !== null && timingSafeEqual(own, digest)) || matched;
    }
    if (matched) return { ok: true };
    return {
      ok: false,
      reason: 'signature_mismatch',
      detail: 'X-BambooHR-Signature does not fit body and timestamp.',
    };
  };
}

function parse(rawBody: Buffer): Parsed<BambooMessage> {
  const json = readJson(rawBody);
  return json.ok ? checkSchema(webhookSchema, json.value, 'a BambooHR webhook') : json;
}

function normalise(message: BambooMessage): Outcome[] {
  const id = message.data.employeeId;
  switch (message.type) {
    case 'employee.created':
    case 'employee.updated': {
      const path = `/api/v1/employees/${encodeURIComponent(id)}?fields=${fields.join(',')}`;
      const detail = `${message.type} names employee ${id} and no values`;
      return [{ kind: 'fetch', request: { resource: 'employees', id, path }, detail }];
    }
    case 'employee.deleted': {
      const detail = `employee ${id} was deleted at BambooHR, which is not a termination: decide what it means`;
      return [deadLetter('needs_decision', detail, subjectOf({ refs: [ref('bamboohr.employee', id)] }))];
    }
    default:
      return [drop('unknown_event_type', `BambooHR event type "${message.type}" is not known here`)];
  }
}

function normaliseFetched(message: BambooMessage, answer: unknown, context: NormaliseContext): Outcome[] {
  const parsed = employeeSchema.safeParse(answer);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return [
      deadLetter('fetch_unreadable', `the API's employee: ${issue?.path.join('.')}: ${issue?.message}`),
    ];
  }
  if (parsed.data.id !== message.data.employeeId) {
    return [deadLetter('fetch_mismatch', `the API answered employee ${parsed.data.id}`)];
  }
  return employeeOutcomes(parsed.data, message, context);
}

function employeeOutcomes(
  employee: BambooEmployee,
  message: BambooMessage,
  context: NormaliseContext,
): Outcome[] {
  const occurredAt = toInstant(message.timestamp) ?? context.receivedAt;
  const frame = {
    subjectRef: `bamboohr:${employee.id}`,
    occurredAt,
    subject: subjectOf({
      refs: [
        ref('bamboohr.employee', employee.id),
        givenRef('employee.external_id', employee.employeeNumber),
      ],
      email: employee.workEmail,
      firstName: employee.firstName,
      lastName: employee.lastName,
      birthDate: toDate(employee.dateOfBirth),
    }),
  };
  const at = (part: string, version: number) => ({
    ...frame,
    version,
    dedupeKey: `${employee.id}:${occurredAt}:${part}`,
  });
  const profile = profileOf(employee);
  const hiredOn = toDate(employee.hireDate);
  const lastDay = toDate(employee.terminationDate);
  const present =
    hiredOn && !lastDay && lettersOf(employee.status) !== 'inactive'
      ? make.people('employee.hired', { startOn: hiredOn, phase: 'active', profile }, at('hired', 0))
      : make.people('employee.updated', { profile }, at('updated', 0));
  return lastDay
    ? [present, make.people('employee.terminated', { on: lastDay }, at('terminated', 1))]
    : [present];
}

function profileOf(employee: BambooEmployee): EmployeeProfile {
  const profile: EmployeeProfile = {};
  if (employee.employeeNumber) profile.externalId = employee.employeeNumber;
  if (employee.firstName) profile.firstName = employee.firstName;
  if (employee.lastName) profile.lastName = employee.lastName;
  if (employee.workEmail) profile.email = employee.workEmail.toLowerCase();
  if (toDate(employee.dateOfBirth)) profile.birthDate = toDate(employee.dateOfBirth);
  if (employee.department) profile.divisionRef = employee.department;
  if (employee.location) profile.locationRef = employee.location;
  if (employee.jobTitle) profile.jobRoleRef = employee.jobTitle;
  return profile;
}

export const bamboohr: Source<BambooMessage> = {
  vendor: 'bamboohr',
  title: 'BambooHR',
  kind: 'webhook',
  personnel: true,
  contentTypes: ['application/json'],
  parseHeaders: [],
  createVerifier: createBambooVerifier,
  parse,
  identify: (rawBody) => {
    const json = readJson(rawBody);
    if (!json.ok || !isObject(json.value) || !isObject(json.value['data'])) return null;
    const { data, type } = json.value;
    return 'employeeId' in data && typeof type === 'string'
      ? { what: `webhook ${type}`, message: true }
      : null;
  },
  deliveryKey: (message, rawBody) =>
    `${message.data.employeeId}:${createHash('sha256').update(rawBody).digest('hex').slice(0, 24)}`,
  orderKey: (message) => message.data.employeeId,
  normalise,
  api: {
    // The company's own subdomain: set the endpoint's API address.
    defaultUrl: 'https://api.bamboohr.com',
    authorization: (key) => `Basic ${Buffer.from(`${key}:x`).toString('base64')}`,
  },
  normaliseFetched,
};

import * as z from 'zod';

/**
 * Every identifier is a TypeID: a prefix that names the kind of thing, an underscore and a UUIDv7 in
 * Crockford base 32 (26 characters). Ids sort by creation time. Source: TypeID specification 0.3.
 */
export const idPrefixes = {
  tenant: 'ten',
  user: 'usr',
  employee: 'emp',
  division: 'div',
  location: 'loc',
  jobRole: 'job',
  event: 'evt',
  flagChange: 'flc',
  alert: 'alr',
  auditEntry: 'aud',
  endpoint: 'end',
  deadLetter: 'dlq',
  reviewItem: 'rev',
  delivery: 'dlv',
  membership: 'mem',
  upload: 'upl',
  request: 'req',
  dataKey: 'key',
  privacyRequest: 'prv',
  apiClient: 'cli',
  scimUser: 'scu',
  scimGroup: 'scg',
  approval: 'apr',
  needToKnow: 'ntk',
  legalHold: 'lgh',
  incident: 'inc',
  invitation: 'inv',
  identityProvider: 'idp',
  corpusDocument: 'doc',
  conversation: 'cnv',
  conversationTurn: 'cnt',
} as const;

export type IdKind = keyof typeof idPrefixes;

/** A branded id of one kind, e.g. `Id<'employee'>` is `emp_01h2xcejqtf2nbrexx3vqjhp41`. */
export type Id<K extends IdKind> = string & z.core.$brand<K>;

export type TenantId = Id<'tenant'>;
export type UserId = Id<'user'>;
export type EmployeeId = Id<'employee'>;
export type DivisionId = Id<'division'>;
export type LocationId = Id<'location'>;
export type JobRoleId = Id<'jobRole'>;
export type EventId = Id<'event'>;
export type EndpointId = Id<'endpoint'>;

const suffix = '[0-7][0-9a-hjkmnp-tv-z]{25}';
const patternOf = (kind: IdKind): RegExp => new RegExp(`^${idPrefixes[kind]}_${suffix}$`);

/** The same test as `idSchema`, for the browser, which then needs no schema library. */
export function isId<K extends IdKind>(kind: K, text: string | null | undefined): text is Id<K> {
  return typeof text === 'string' && patternOf(kind).test(text);
}

/** Zod schema of one kind of id; the error names the expected prefix. */
export function idSchema<K extends IdKind>(kind: K) {
  return z.string().regex(patternOf(kind), `expected an id that starts with ${idPrefixes[kind]}_`).brand<K>();
}

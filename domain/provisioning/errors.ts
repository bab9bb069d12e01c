import { PlumblineError, type ErrorKind } from '#platform/errors';

/** `scimType` of RFC 7644 section 3.12. */
export type ScimType =
  | 'invalidFilter'
  | 'invalidPath'
  | 'invalidValue'
  | 'invalidSyntax'
  | 'noTarget'
  | 'tooMany'
  | 'uniqueness'
  | 'mutability';

const codes = {
  invalidFilter: ['malformed', 'scim.filter_invalid'],
  invalidPath: ['malformed', 'scim.path_invalid'],
  invalidValue: ['malformed', 'scim.value_invalid'],
  invalidSyntax: ['malformed', 'scim.syntax_invalid'],
  noTarget: ['malformed', 'scim.target_missing'],
  tooMany: ['malformed', 'scim.too_many'],
  mutability: ['malformed', 'scim.not_changeable'],
  uniqueness: ['conflict', 'scim.not_unique'],
} as const satisfies Record<ScimType, readonly [ErrorKind, string]>;

export function scimError(type: ScimType, detail: string): PlumblineError {
  const [kind, code] = codes[type];
  return new PlumblineError({ kind, code, detail });
}

/** The `scimType` of an error of this module; null for others. */
export function scimTypeOf(code: string): ScimType | null {
  const found = (Object.keys(codes) as ScimType[]).find((type) => codes[type][1] === code);
  return found ?? null;
}

export function resourceNotFound(): PlumblineError {
  return new PlumblineError({
    kind: 'not_found',
    code: 'scim.resource_not_found',
    detail: 'There is no such resource.',
  });
}

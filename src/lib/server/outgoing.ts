import { isDeidentified, type Scope } from '#domain/identity';

/**
 * Values that no answer holds, whoever asks: each is read by revealing it, one at a time and on the record
 * (`privacy.reveal`). As answers might name them.
 */
export const neverShown: ReadonlySet<string> = new Set([
  'birthDate',
  'birth_date',
  'dateOfBirth',
  'dob',
  'birthSealed',
  'birth_sealed',
  'birthIndex',
  'birth_index',
  'ssn',
  'socialSecurityNumber',
  'licenceNumber',
  'licenseNumber',
  'numberLast4',
]);

/** What tells who somebody is, for viewers who may not know. A pseudonym stands in `name`. */
export const tellsWho: ReadonlySet<string> = new Set([
  'firstName',
  'lastName',
  'first_name',
  'last_name',
  'email',
  'phone',
  'number',
  'nameKey',
  'searchKey',
]);

/**
 * The last wall before an answer leaves: every answer of a procedure with a scope passes here, pages and API alike, and
 * each live frame (`visibility.ts`). It should find nothing to do; what it finds leaves as null. Answers without such
 * values are handed on as they are, not copied.
 */
export function outgoing<T>(scope: Scope, answer: T): T {
  const hidden = isDeidentified(scope)
    ? (name: string) => neverShown.has(name) || tellsWho.has(name)
    : (name: string) => neverShown.has(name);
  return masked(answer, hidden) as T;
}

function masked(value: unknown, hidden: (name: string) => boolean): unknown {
  if (Array.isArray(value)) {
    let changed = false;
    const items = value.map((item: unknown) => {
      const next = masked(item, hidden);
      changed ||= next !== item;
      return next;
    });
    return changed ? items : value;
  }
  return isPlain(value) ? maskedObject(value, hidden) : value;
}

function maskedObject(
  value: Readonly<Record<string, unknown>>,
  hidden: (name: string) => boolean,
): Readonly<Record<string, unknown>> {
  let copy: Record<string, unknown> | undefined;
  for (const [name, inner] of Object.entries(value)) {
    const next = hidden(name) && isTelling(inner) ? null : masked(inner, hidden);
    if (next === inner) continue;
    copy ??= { ...value };
    copy[name] = next;
  }
  return copy ?? value;
}

/** Numbers are counts and flags say nothing of whom: a text, a date or a list of them may. */
const isTelling = (value: unknown): boolean =>
  (typeof value === 'string' && value !== '') || (typeof value === 'object' && value !== null);

/** Streams, dates and the like are handed on. */
function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

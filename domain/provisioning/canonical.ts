import { enterpriseAttributes, findAttribute, urns, type Attribute } from './attributes.ts';
import { scimError } from './errors.ts';

/** A plain JSON object. */
export type Plain = Readonly<Record<string, unknown>>;

export const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const longestText = 1000;
const mostValues = 100;
const mostMembers = 20_000;

/** A value as its attribute wants it; undefined = nothing. Clients send booleans as words and single values for lists. */
export function coerce(attribute: Attribute, value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (attribute.multiValued === true) return coerceList(attribute, Array.isArray(value) ? value : [value]);
  return coerceOne(attribute, value);
}

function coerceList(attribute: Attribute, values: readonly unknown[]): Plain[] | undefined {
  const most = attribute.name === 'members' ? mostMembers : mostValues;
  if (values.length > most)
    throw scimError('invalidValue', `${attribute.name} takes at most ${most} values.`);
  const items = values
    .map((value) => coerceOne(attribute, value))
    .filter((item): item is Plain => isPlain(item) && Object.keys(item).length > 0);
  return items.length === 0 ? undefined : onePrimary(items);
}

/** RFC 7643 section 2.4: at most one is primary. */
function onePrimary(items: readonly Plain[]): Plain[] {
  const main = items.findIndex((item) => item['primary'] === true);
  return items.map((item, at) =>
    item['primary'] === true && at !== main ? { ...item, primary: false } : item,
  );
}

function coerceOne(attribute: Attribute, value: unknown): unknown {
  if (attribute.type === 'boolean') return coerceBoolean(attribute, value);
  if (attribute.type === 'complex') {
    // A bare value stands for the object's `value`: Entra's members and managers.
    const whole = isPlain(value) ? value : { value };
    return canonical(attribute.sub ?? [], whole);
  }
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') throw scimError('invalidValue', `${attribute.name} takes text.`);
  if (value.length > longestText) throw scimError('invalidValue', `${attribute.name} is too long.`);
  return value === '' ? undefined : value;
}

function coerceBoolean(attribute: Attribute, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  const word = typeof value === 'string' ? value.toLowerCase() : '';
  if (word === 'true' || word === 'false') return word === 'true';
  throw scimError('invalidValue', `${attribute.name} takes true or false.`);
}

/** The known attributes of an object, by their proper names. Read-only ones are left aside. */
export function canonical(known: readonly Attribute[], given: Plain): Plain {
  const entries = Object.entries(given).flatMap(([name, value]) => {
    const attribute = findAttribute(known, name);
    if (attribute === undefined || attribute.mutability === 'readOnly') return [];
    const coerced = coerce(attribute, value);
    return coerced === undefined ? [] : [[attribute.name, coerced] as const];
  });
  return Object.fromEntries(entries);
}

/** A user or group as it was sent, with the enterprise extension where one can be. */
export function canonicalResource(known: readonly Attribute[], given: unknown, extended: boolean): Plain {
  if (!isPlain(given)) throw scimError('invalidSyntax', 'The body is not an object.');
  const core = canonical(known, given);
  const name = Object.keys(given).find((key) => key.toLowerCase() === urns.enterprise.toLowerCase());
  const sent = name === undefined ? undefined : given[name];
  if (!extended || !isPlain(sent)) return core;
  const extension = canonical(enterpriseAttributes, sent);
  return Object.keys(extension).length === 0 ? core : { ...core, [urns.enterprise]: extension };
}

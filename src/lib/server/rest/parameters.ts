import * as z from 'zod';
import { PlumblineError } from '#platform/errors';

/** How a parameter is read from text: what its schema says it is. */
type Reading = 'text' | 'number' | 'flag' | 'list';

interface Property {
  readonly type?: string;
}

/** A JSON schema of an object, as far as parameters need it. */
export interface ObjectSchema {
  readonly properties?: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
}

export function objectSchemaOf(schema: z.ZodType): ObjectSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as ObjectSchema;
}

const readings: Readonly<Record<string, Reading>> = {
  integer: 'number',
  number: 'number',
  boolean: 'flag',
  array: 'list',
};

/**
 * Path and query parameters as the schema wants them; what does not read stays text and fails in the schema. Throws
 * `api.parameter_repeated` for a name given twice, which every reader would take differently.
 */
export function readParameters(
  schema: ObjectSchema,
  inPath: Readonly<Record<string, string>>,
  search: URLSearchParams,
): Record<string, unknown> {
  const given = new Map<string, string>();
  for (const [name, value] of search) {
    if (given.has(name) || Object.hasOwn(inPath, name)) throw repeated(name);
    given.set(name, value);
  }
  for (const [name, value] of Object.entries(inPath)) given.set(name, value);
  const entries = [...given].map(([name, value]) => {
    const { type = 'text' } = Object.hasOwn(schema.properties ?? {}, name)
      ? (schema.properties?.[name] ?? {})
      : {};
    return [name, readAs(readings[type] ?? 'text', value)] as const;
  });
  return Object.fromEntries(entries);
}

function readAs(reading: Reading, value: string): unknown {
  if (reading === 'number') return /^-?\d{1,15}$/.test(value) ? Number(value) : value;
  if (reading === 'flag') return value === 'true' ? true : value === 'false' ? false : value;
  return reading === 'list' ? value.split(',') : value;
}

function repeated(name: string): PlumblineError {
  return new PlumblineError({
    kind: 'malformed',
    code: 'api.parameter_repeated',
    detail: `The parameter ${name.slice(0, 60)} is given more than once. Separate several values by commas.`,
  });
}

const deepest = 40;

/** False for what no database takes, a zero byte or half of a surrogate pair, and for nesting that serves nobody. */
export function isPlainText(value: unknown, depth = 0): boolean {
  if (depth > deepest) return false;
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, inner]) => isPlainText(name) && isPlainText(inner, depth + 1));
}

/** Keeps the wanted fields of each item. Throws `api.field_unknown`. */
export function pickFields(answer: object, fields: string | undefined, known: readonly string[]): object {
  if (fields === undefined) return answer;
  const wanted = fields.split(',');
  const unknown = wanted.filter((field) => !known.includes(field));
  if (unknown.length > 0) {
    throw new PlumblineError({
      kind: 'malformed',
      code: 'api.field_unknown',
      detail: `There is no such field. Known are ${known.join(', ')}.`,
    });
  }
  const pick = (item: object) =>
    Object.fromEntries(Object.entries(item).filter(([name]) => wanted.includes(name)));
  if (!('data' in answer) || !Array.isArray(answer.data)) return pick(answer);
  return { ...answer, data: (answer.data as object[]).map(pick) };
}

/** Names of the fields of an answer's items. */
export function fieldsOf(output: z.ZodType): string[] {
  const schema = z.toJSONSchema(output, { unrepresentable: 'any', reused: 'inline' }) as unknown as Resolved;
  const root = resolve(schema, schema);
  const data = root.properties?.['data'];
  const item = data === undefined ? root : resolve(schema, data.items ?? {});
  return Object.keys(item.properties ?? {});
}

interface Resolved {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Resolved>>;
  readonly properties?: Readonly<Record<string, Resolved>>;
  readonly items?: Resolved;
}

function resolve(root: Resolved, schema: Resolved): Resolved {
  const name = schema.$ref?.split('/').at(-1);
  return name === undefined ? schema : (root.$defs?.[name] ?? schema);
}

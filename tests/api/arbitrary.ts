import * as fc from 'fast-check';

/** A JSON schema as the OpenAPI document of this product uses them. */
export interface Schema {
  readonly type?: string;
  readonly $ref?: string;
  readonly enum?: readonly string[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly anyOf?: readonly Schema[];
}

export type Resolve = (ref: string) => Schema;

/** Text that has broken something somewhere. */
export const hostileText = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\0',
    'a\0b',
    '\ud800',
    '%00',
    '%',
    "'",
    '"',
    "' or 1=1 --",
    '\\',
    '../..',
    '{}',
    '[]',
    'null',
    'true',
    '-1',
    '0',
    '1e999',
    '9'.repeat(40),
    '２０２６',
    '__proto__',
    'constructor',
    '\u202e',
    '😀',
    'İ',
    '%u0000',
    'x'.repeat(300),
    'x'.repeat(5000),
    '2026-02-30',
    '2026-13-01T00:00:00Z',
    '275760-09-13T00:00:00.001Z',
    '-271821-04-20T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59.999Z',
    'emp_',
    '%',
    '_',
    '*',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.base64String({ maxLength: 60 }).map((text) => Buffer.from(text, 'base64').toString('base64url')),
);

/** Any JSON, with hostile text in it. */
export const hostileJson = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    hostileText,
    fc.constantFrom(null, true, false, 0, -1, 1.5, 2 ** 53, -(2 ** 53), 1e308),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(hostileText, tie('any'), { maxKeys: 4 }),
  ),
})).any;

/** Values that fit a schema. */
export function fitting(schema: Schema, resolve: Resolve): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return fitting(resolve(schema.$ref), resolve);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((one) => fitting(one, resolve)));
  if (schema.type === 'object') return fittingObject(schema, resolve);
  if (schema.type === 'array') {
    const { minItems = 0, maxItems = 5 } = schema;
    return fc.array(fitting(schema.items ?? {}, resolve), {
      minLength: minItems,
      maxLength: Math.min(maxItems, 5),
    });
  }
  if (schema.type === 'boolean') return fc.boolean();
  if (schema.type === 'integer') {
    const { minimum = -(2 ** 31), maximum = 2 ** 31 - 1 } = schema;
    return fc.integer({ min: minimum, max: Math.min(maximum, 2 ** 31 - 1) });
  }
  return schema.type === 'string' ? fittingText(schema) : hostileJson;
}

function fittingText({ format, pattern, minLength = 0, maxLength = 60 }: Schema): fc.Arbitrary<string> {
  const instant = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true });
  if (format === 'date-time') return instant.map((date) => date.toISOString());
  if (format === 'date') return instant.map((date) => date.toISOString().slice(0, 10));
  if (pattern !== undefined)
    return fc.stringMatching(new RegExp(pattern)).map((text) => text.slice(0, maxLength));
  return fc.string({ minLength, maxLength: Math.min(maxLength, 60) });
}

function fittingObject(schema: Schema, resolve: Resolve): fc.Arbitrary<object> {
  const { properties = {}, required = [], additionalProperties } = schema;
  const fields = Object.entries(properties).map(([name, inner]) => [name, fitting(inner, resolve)] as const);
  const known = fc.record(Object.fromEntries(fields), { requiredKeys: [...required] });
  if (typeof additionalProperties !== 'object') return known;
  const more = fc.dictionary(
    fc.string({ minLength: 1, maxLength: 12 }),
    fitting(additionalProperties, resolve),
    {
      maxKeys: 4,
    },
  );
  return fc.tuple(known, more).map(([one, other]) => ({ ...other, ...one }));
}

import * as z from 'zod';
import { apiProblemSchema } from '#contracts/api/resources';
import { allScopes } from '#domain/api-access';
import type { OpenApi, OpenApiOperation, OpenApiParameter } from './document.ts';
import { apiPrefix, operations, pathParameters, type Operation } from './operations.ts';
import { fieldsOf } from './parameters.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * The OpenAPI 3.1 document of the API, made from the schemas that check its requests and answers: JSON Schema 2020-12,
 * which is the dialect of 3.1.
 */
export function openApiDocument(origin: string): OpenApi {
  const components: Record<string, Json> = {};
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  for (const operation of operations) {
    const item = (paths[operation.path] ??= {});
    item[operation.method.toLowerCase()] = describe(operation, components);
  }
  schemaOf(apiProblemSchema, 'output', components);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Plumbline API',
      version: '1',
      description:
        'Employees, flags, events, programs and the audit log of one company. Keys and OAuth clients are made under ' +
        'Settings, API access; each sees and does what its scopes and places say, and never more than its maker.',
    },
    servers: [{ url: `${origin}${apiPrefix}` }],
    security: [{ key: [] }, { oauth: [] }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: { schemas: components, securitySchemes: securitySchemes(origin) },
  };
}

function securitySchemes(origin: string) {
  return {
    key: { type: 'http', scheme: 'bearer', description: 'A key (`plk_…`), sent as it is.' },
    oauth: {
      type: 'oauth2',
      flows: {
        clientCredentials: {
          tokenUrl: `${origin}${apiPrefix}/oauth/token`,
          scopes: Object.fromEntries(allScopes.map((scope) => [scope, scope])),
        },
      },
    },
  };
}

function describe(operation: Operation, components: Record<string, Json>): OpenApiOperation {
  const { id, tag, summary, method, success, output } = operation;
  const whole = schemaOf(output, 'output', components);
  const answer = method === 'GET' ? sparse(whole, components) : whole;
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: `${operation.description} Needs ${operation.scopes}.`,
    parameters: method === 'GET' ? readParametersOf(operation, components) : [idempotencyKey],
    ...(method === 'GET'
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaOf(operation.input, 'input', components) } },
          },
        }),
    responses: {
      [success]: {
        description: method === 'GET' ? 'What was asked for.' : 'Accepted.',
        headers: limitHeaders,
        content: { 'application/json': { schema: answer } },
      },
      ...(method === 'GET'
        ? { '304': { description: 'As the `If-None-Match` of the request knows it.' } }
        : {}),
      ...problems(method === 'GET' ? readProblems : writeProblems),
    },
  };
}

const idempotencyKey: OpenApiParameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: true,
  description:
    'Yours for this request, e.g. a UUID. The same request again within 24 hours gets the first answer.',
  schema: { type: 'string', minLength: 1, maxLength: 200, pattern: String.raw`^[!#-\[\]-~]+$` },
};

function readParametersOf(operation: Operation, components: Record<string, Json>): OpenApiParameter[] {
  const { properties = {}, required = [] } = schemaOf(operation.input, 'input', components) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  const inPath = pathParameters(operation.path);
  const own = Object.entries(properties).map(([name, schema]): OpenApiParameter => {
    const { description, ...rest } = schema;
    return {
      name,
      in: inPath.includes(name) ? 'path' : 'query',
      required: inPath.includes(name) || (required.includes(name) && !('default' in schema)),
      ...(typeof description === 'string' ? { description } : {}),
      ...(rest['type'] === 'array' ? { style: 'form', explode: false } : {}),
      schema: rest,
    };
  });
  const fields = {
    name: 'fields',
    in: 'query',
    required: false,
    description: 'Only these fields of each item, comma-separated.',
    style: 'form',
    explode: false,
    schema: { type: 'array', minItems: 1, items: { type: 'string', enum: fieldsOf(operation.output) } },
  } as const;
  return [...own, fields];
}

/** Named schemas go to the components once; the rest stands in place. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', components: Record<string, Json>): Json {
  const made = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  const { $schema: _dialect, $defs = {}, id, ...rest } = made;
  for (const [name, found] of Object.entries($defs as Record<string, Json>)) {
    const { id: _name, $schema: _own, ...definition } = found;
    components[name] ??= relinked(definition);
  }
  if (typeof id !== 'string') return relinked(rest);
  components[id] ??= relinked(rest);
  return { $ref: `#/components/schemas/${id}` };
}

/** With `fields` a read answers some of the fields only: each resource also stands as one of which nothing is required. */
function sparse(schema: Json, components: Record<string, Json>): Json {
  const ref = schema['$ref'];
  if (typeof ref === 'string') {
    const name = ref.split('/').at(-1) ?? '';
    const { required: _all, ...some } = components[name] ?? {};
    components[`${name}Fields`] ??= some;
    return { anyOf: [schema, { $ref: `${ref}Fields` }] };
  }
  const { properties, items } = schema as { properties?: Record<string, Json>; items?: Json };
  if (items !== undefined) return { ...schema, items: sparse(items, components) };
  if (properties?.['data'] === undefined) return schema;
  return { ...schema, properties: { ...properties, data: sparse(properties['data'], components) } };
}

function relinked(schema: Json): Json {
  const text = JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/');
  return JSON.parse(text) as Json;
}

const readProblems = ['400', '401', '403', '404', '429'];
const writeProblems = ['400', '401', '403', '404', '409', '413', '415', '422', '429'];

const problemWords: Readonly<Record<string, string>> = {
  '400': 'The request is not in the expected form.',
  '401': 'No key or token, or one that is not valid.',
  '403': 'The scopes of the key do not reach this.',
  '404': 'There is no such thing among what the key sees.',
  '409': 'The first request with this Idempotency-Key is under way.',
  '413': 'The body is too large.',
  '415': 'The body is not JSON.',
  '422': 'The event does not fit its type, or the Idempotency-Key came with another request.',
  '429': 'The limit is used up; `Retry-After` says for how long.',
};

function problems(statuses: readonly string[]): Record<string, Json> {
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  return Object.fromEntries(
    statuses.map((status) => [status, { description: problemWords[status], content }] as const),
  );
}

const limitHeaders = {
  'RateLimit-Policy': { description: 'The limits that count this request.', schema: { type: 'string' } },
  RateLimit: { description: 'What is left of each, and until when.', schema: { type: 'string' } },
};

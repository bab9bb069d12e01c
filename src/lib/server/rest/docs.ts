import type { OpenApi, OpenApiOperation, OpenApiParameter } from './document.ts';
import { docsCss } from './docs-style.ts';
import type { Answer } from '../door/answer.ts';

/** The page of the API, written from its document: no script, no style in the page, nothing from elsewhere. */
export function docsPage(document: OpenApi): Answer {
  const sections = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => section(document, method, path, operation)),
  );
  const schemas = Object.entries(document.components.schemas).map(
    ([name, schema]) => `<section id="schema-${name}"><h3>${text(name)}</h3>
      <pre tabindex="0">${text(JSON.stringify(schema, null, 2))}</pre></section>`,
  );
  return html(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(document.info.title)}</title><link rel="stylesheet" href="/api/v1/docs.css"></head>
<body><nav aria-label="Operations"><a class="brand" href="/">Plumbline</a>${contents(document)}</nav>
<main><h1>${text(document.info.title)}</h1><p>${text(document.info.description)}</p>
<p><a href="/api/v1/openapi.json">OpenAPI 3.1 document</a></p>${introduction(document)}
${sections.join('\n')}<h2>Schemas</h2>${schemas.join('\n')}</main></body></html>`);
}

export function docsStyle(): Answer {
  const headers = { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'public, max-age=300' };
  return { status: 200, headers, body: docsCss };
}

function html(page: string): Answer {
  const policy =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy,
    'referrer-policy': 'no-referrer',
  };
  return { status: 200, headers, body: page };
}

const text = (raw: string): string =>
  raw.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Words with `code` in them. */
const words = (raw: string): string => text(raw).replaceAll(/`([^`]+)`/g, '<code>$1</code>');

function contents({ paths }: OpenApi): string {
  const all = Object.values(paths).flatMap((item) => Object.values(item));
  const byTag = Map.groupBy(all, ({ tags }) => tags[0] ?? '');
  return [...byTag]
    .map(([tag, own]) => {
      const links = own.map(
        ({ operationId, summary }) => `<li><a href="#${operationId}">${text(summary)}</a></li>`,
      );
      return `<h2>${text(tag)}</h2><ul>${links.join('')}</ul>`;
    })
    .join('');
}

function introduction({ servers }: OpenApi): string {
  const [server] = servers;
  const curl = `curl -H "Authorization: Bearer $PLUMBLINE_KEY" "${server?.url ?? ''}/flags?flag=red&limit=20"`;
  const parts = [
    'Lists come in pages: send the `next` of an answer as `cursor`. `fields` keeps only the fields named.',
    'Errors are problem+json: `title` is a stable code, `detail` says what to do, `reference` helps support.',
    'Writes need an `Idempotency-Key`. Answers tell the limits in `RateLimit` and `RateLimit-Policy`.',
    'OAuth clients get a token for an hour at `/api/v1/oauth/token` (grant `client_credentials`).',
  ];
  return `${parts.map((part) => `<p>${words(part)}</p>`).join('')}<pre tabindex="0">${text(curl)}</pre>`;
}

function section(document: OpenApi, method: string, path: string, operation: OpenApiOperation): string {
  const { operationId, summary, description, parameters, responses, requestBody } = operation;
  const body = requestBody?.content['application/json']?.schema;
  return `<section id="${operationId}"><h2>${text(summary)}</h2>
<p class="path"><span class="method">${method.toUpperCase()}</span> <code>${text(path)}</code></p>
<p>${words(description)}</p>${parameters.length > 0 ? table(parameters) : ''}
${body === undefined ? '' : `<h3>Body</h3>${schemaLink(document, body)}`}
<h3>Answers</h3><ul>${Object.entries(responses)
    .map(([status, { description: says }]) => `<li><code>${status}</code> ${words(String(says))}</li>`)
    .join('')}</ul></section>`;
}

function schemaLink(document: OpenApi, schema: Readonly<Record<string, unknown>>): string {
  const ref = schema['$ref'];
  const name = typeof ref === 'string' ? ref.split('/').at(-1) : undefined;
  if (name === undefined || document.components.schemas[name] === undefined) return '';
  return `<p><a href="#schema-${name}">${text(name)}</a></p>`;
}

function table(parameters: readonly OpenApiParameter[]): string {
  const rows = parameters.map(
    (one) =>
      `<tr><th scope="row"><code>${text(one.name)}</code></th><td>${one.in}${one.required ? ', required' : ''}</td>
<td>${text(typeOf(one.schema))}</td><td>${words(one.description ?? '')}</td></tr>`,
  );
  return `<div class="scroll" tabindex="0"><table><thead><tr><th scope="col">Parameter</th><th scope="col">In</th>
<th scope="col">Type</th><th scope="col">Meaning</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function typeOf(schema: Readonly<Record<string, unknown>>): string {
  if (Array.isArray(schema['enum'])) return schema['enum'].join(' | ');
  const items = schema['items'];
  if (typeof items === 'object' && items !== null)
    return `list of ${typeOf(items as Record<string, unknown>)}`;
  return typeof schema['type'] === 'string' ? schema['type'] : 'value';
}

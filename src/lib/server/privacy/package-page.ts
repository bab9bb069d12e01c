import type { DataPackage } from '#domain/privacy';
import type { PackageBody } from './person-package.ts';

const signs: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => signs[sign] ?? '');

/** A JSON text that ends no element early. */
const inScript = (value: unknown): string => JSON.stringify(value).replaceAll('<', String.raw`\u003c`);

/**
 * One file without anything from elsewhere: tables to read, and the same as JSON in its last element
 * (`<script type="application/json" id="data">`).
 */
export function packagePage(held: DataPackage, bodies: readonly PackageBody[]): string {
  const parts = held.parts.map(
    ({ source, rows, classes }) =>
      `<section><h2>${escaped(words(source))}</h2><p>${rows.length} row${rows.length === 1 ? '' : 's'} of table <code>${escaped(source)}</code></p>${rows
        .map((row) => rowTable(row, classes))
        .join('')}</section>`,
  );
  const messages = bodies.map(
    ({ from, receivedAt, body }) =>
      `<h3>${escaped(from)}, received ${escaped(receivedAt)}</h3><pre>${escaped(body)}</pre>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Everything held on ${escaped(held.employeeId)}</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%;margin:0 0 1rem}th,td{text-align:left;vertical-align:top;border:1px solid #bbb;padding:.25rem .5rem;overflow-wrap:anywhere}
th{width:14rem;font-weight:500}small{color:#555}pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid #bbb;padding:.5rem}</style></head>
<body><h1>Everything held on one person</h1>
<p>Person <code>${escaped(held.employeeId)}</code>, as of ${escaped(held.madeAt)}.</p>
${parts.join('\n')}
<section><h2>Messages as they came</h2><p>${bodies.length} message${bodies.length === 1 ? '' : 's'} about this person alone. Files that also tell of others are not copied here; what they said of this person is above.</p>${messages.join('')}</section>
<script type="application/json" id="data">${inScript({ ...held, messages: bodies })}</script>
</body></html>
`;
}

const words = (name: string): string => {
  const spaced = name.replaceAll('_', ' ');
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
};

function rowTable(
  row: DataPackage['parts'][number]['rows'][number],
  classes: DataPackage['parts'][number]['classes'],
): string {
  const lines = Object.entries(row)
    .filter(([name, value]) => name !== 'tenant_id' && value !== null)
    .map(
      ([name, value]) =>
        `<tr><th scope="row">${escaped(words(name))} <small>${escaped(classes[name] ?? '')}</small></th><td>${escaped(shown(value))}</td></tr>`,
    );
  return `<table>${lines.join('')}</table>`;
}

function shown(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'string' ? value : JSON.stringify(value);
}

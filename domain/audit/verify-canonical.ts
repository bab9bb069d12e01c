/**
 * RFC 8785 (JSON Canonicalization Scheme) text of a parsed JSON value. The verifier's own: the writer uses a library.
 * Object keys sort by UTF-16 code units; numbers and strings are as ECMAScript writes them.
 * Throws on values that JSON does not have.
 */
export function canonicalText(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (typeof value === 'object') return objectText(value as Record<string, unknown>);
  throw new TypeError(`no JSON value: ${typeof value}`);
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError('no JSON number');
  return JSON.stringify(value);
}

function objectText(value: Record<string, unknown>): string {
  // toSorted() without a comparator is by UTF-16 code units, which is the order that RFC 8785 wants.
  const keys = Object.keys(value).toSorted();
  let text = '{';
  for (const key of keys) {
    if (text.length > 1) text += ',';
    text += `${quoted(key)}:${canonicalText(value[key])}`;
  }
  return `${text}}`;
}

/** Printable ASCII without `"` and `\\`: nothing in it is written otherwise than it is. */
const asItIs = /^[ !#-[\]-~]*$/;

/** A JSON string: RFC 8785 §3.2.2.2 is ECMAScript's own form, except that lone surrogates are refused. */
export function quoted(text: string): string {
  if (asItIs.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw new TypeError('a lone surrogate is not allowed');
  return JSON.stringify(text);
}

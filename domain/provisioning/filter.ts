import { parse, type Filter } from 'scim2-parse-filter';
import { urns } from './attributes.ts';
import { isPlain, type Plain } from './canonical.ts';
import { scimError } from './errors.ts';

export type { Filter };

const longestFilter = 2000;
const deepest = 20;

/** Throws `scim.filter_invalid`. */
export function parseFilter(text: string): Filter {
  if (text.length > longestFilter || depthOf(text) > deepest) {
    throw scimError('invalidFilter', 'The filter is too long or too deep.');
  }
  try {
    return parse(text);
  } catch {
    throw scimError('invalidFilter', `The filter cannot be read: ${text.slice(0, 100)}`);
  }
}

function depthOf(text: string): number {
  let depth = 0;
  let most = 0;
  for (const letter of text) {
    if (letter === '(' || letter === '[') depth += 1;
    if (letter === ')' || letter === ']') depth -= 1;
    most = Math.max(most, depth);
  }
  return most + (text.match(/\bnot\b/gi)?.length ?? 0);
}

/** Whether a resource meets a filter: RFC 7644 section 3.4.2.2. Names and text are compared without case. */
export function meets(filter: Filter, resource: Plain): boolean {
  if ('filters' in filter) {
    const every = filter.op === 'and';
    return every
      ? filter.filters.every((one) => meets(one, resource))
      : filter.filters.some((one) => meets(one, resource));
  }
  if ('filter' in filter) return !meets(filter.filter, resource);
  const values = valuesAt(resource, filter.attrPath);
  if ('valFilter' in filter) {
    return values.some((value) => isPlain(value) && meets(filter.valFilter, value));
  }
  if (!('compValue' in filter)) return values.some(isPresent);
  const { op, compValue } = filter;
  if (op === 'ne') return !values.some((value) => compare('eq', value, compValue));
  return values.some((value) => compare(op, value, compValue));
}

const isPresent = (value: unknown): boolean =>
  value !== undefined &&
  value !== null &&
  value !== '' &&
  !(isPlain(value) && Object.keys(value).length === 0);

/** Values at a path; those of lists one by one, complex ones without a sub-attribute by their `value`. */
function valuesAt(resource: Plain, path: string): unknown[] {
  const { within, names } = splitPath(path);
  const start: unknown = within === null ? resource : lookUp(resource, within);
  let values: unknown[] = [start];
  for (const name of names) values = values.flatMap((value) => step(value, name));
  return values;
}

function step(value: unknown, name: string): unknown[] {
  if (!isPlain(value)) return [];
  const found = lookUp(value, name);
  if (found === undefined) return [];
  return Array.isArray(found) ? found : [found];
}

function lookUp(value: Plain, name: string): unknown {
  const wanted = name.toLowerCase();
  const key = Object.keys(value).find((one) => one.toLowerCase() === wanted);
  return key === undefined ? undefined : value[key];
}

function splitPath(path: string): { within: string | null; names: string[] } {
  const lower = path.toLowerCase();
  for (const urn of [urns.enterprise, urns.user, urns.group]) {
    if (!lower.startsWith(`${urn.toLowerCase()}:`)) continue;
    const within = urn === urns.enterprise ? urn : null;
    return { within, names: path.slice(urn.length + 1).split('.') };
  }
  return { within: null, names: path.split('.') };
}

type Comparison = 'eq' | 'co' | 'sw' | 'ew' | 'gt' | 'lt' | 'ge' | 'le';

function compare(op: Comparison, found: unknown, wanted: unknown): boolean {
  const value = isPlain(found) && 'value' in found ? found['value'] : found;
  if (typeof value === 'boolean') {
    const word = typeof wanted === 'string' ? wanted.toLowerCase() : String(wanted);
    return op === 'eq' && String(value) === word;
  }
  if (typeof value !== 'string' || typeof wanted !== 'string') return op === 'eq' && value === wanted;
  return compareText(op, value.toLowerCase(), wanted.toLowerCase());
}

function compareText(op: Comparison, one: string, other: string): boolean {
  switch (op) {
    case 'eq':
      return one === other;
    case 'co':
      return one.includes(other);
    case 'sw':
      return one.startsWith(other);
    case 'ew':
      return one.endsWith(other);
    case 'gt':
      return one > other;
    case 'lt':
      return one < other;
    case 'ge':
      return one >= other;
    case 'le':
      return one <= other;
  }
}

/** `attribute eq "text"` alone, which an index can answer; null for any other filter. */
export function equalityOf(filter: Filter): { attribute: string; value: string } | null {
  if (filter.op !== 'eq' || !('compValue' in filter) || typeof filter.compValue !== 'string') return null;
  return { attribute: splitPath(filter.attrPath).names.join('.').toLowerCase(), value: filter.compValue };
}

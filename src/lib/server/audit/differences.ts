import type { AuditDifference } from '#contracts/screens/audit';
import type { Json } from '#domain/audit';

/** What an act changed, value by value, in the order of paths. Values that stayed are left out. */
export function differencesOf(before: Json, after: Json): AuditDifference[] {
  const was = flatten(before);
  const is = flatten(after);
  const paths = [...new Set([...was.keys(), ...is.keys()])].toSorted();
  return paths
    .map((path) => ({ path, before: was.get(path) ?? null, after: is.get(path) ?? null }))
    .filter((difference) => difference.before !== difference.after);
}

function flatten(value: Json, path = '', into = new Map<string, string>()): Map<string, string> {
  if (value === null) {
    if (path !== '') into.set(path, 'none');
  } else if (typeof value !== 'object') {
    into.set(path === '' ? 'value' : path, String(value));
  } else if (Array.isArray(value)) {
    into.set(path === '' ? 'value' : path, listWords(value));
  } else {
    for (const [key, part] of Object.entries(value))
      flatten(part, path === '' ? key : `${path}.${key}`, into);
  }
  return into;
}

function listWords(list: readonly Json[]): string {
  if (list.length === 0) return 'none';
  return list.map((one) => (typeof one === 'object' ? JSON.stringify(one) : String(one))).join(', ');
}

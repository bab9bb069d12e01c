import { enterpriseAttributes, findAttribute, urns, type Attribute } from './attributes.ts';
import { canonical, coerce, isPlain, type Plain } from './canonical.ts';
import { scimError } from './errors.ts';
import { meets, parseFilter, type Filter } from './filter.ts';

type Op = 'add' | 'replace' | 'remove';

interface Target {
  readonly attribute: Attribute;
  /** In the enterprise extension. */
  readonly extended: boolean;
  readonly filter: Filter | null;
  readonly sub: Attribute | null;
}

const mostOperations = 1000;

/**
 * Applies a PatchOp (RFC 7644 section 3.5.2) to a canonical resource, as the identity providers send it: `op` in any
 * case, `active` as a word, values without their object, members to remove by value, extension paths with a dot.
 * Attributes that this product does not take are left aside, so that default mappings go through.
 */
export function applyPatch(known: readonly Attribute[], resource: Plain, body: unknown): Plain {
  const operations = operationsOf(body);
  return operations.reduce((sofar, operation) => applyOne(known, sofar, operation), resource);
}

interface Operation {
  readonly op: Op;
  readonly path: string | null;
  readonly value: unknown;
}

function operationsOf(body: unknown): Operation[] {
  const given = isPlain(body)
    ? Object.entries(body).find(([name]) => name.toLowerCase() === 'operations')
    : null;
  const list = given?.[1];
  if (!Array.isArray(list)) throw scimError('invalidSyntax', 'A patch holds a list of Operations.');
  if (list.length > mostOperations)
    throw scimError('invalidSyntax', `A patch holds at most ${mostOperations} operations.`);
  return list.map((one: unknown) => {
    if (!isPlain(one) || typeof one['op'] !== 'string')
      throw scimError('invalidSyntax', 'An operation names its op.');
    const op = one['op'].toLowerCase();
    if (op !== 'add' && op !== 'replace' && op !== 'remove')
      throw scimError('invalidSyntax', 'An op is add, replace or remove.');
    const path = one['path'];
    if (path !== undefined && path !== null && typeof path !== 'string')
      throw scimError('invalidPath', 'A path is text.');
    return {
      op,
      path: path === undefined || path === null || path === '' ? null : path,
      value: one['value'],
    };
  });
}

function applyOne(known: readonly Attribute[], resource: Plain, { op, path, value }: Operation): Plain {
  if (path === null) {
    if (op === 'remove') throw scimError('noTarget', 'Removing needs a path.');
    return applyWhole(known, resource, op, value);
  }
  if (path.toLowerCase() === urns.enterprise.toLowerCase())
    return applyWhole(known, resource, op, { [path]: op === 'remove' ? null : value });
  const target = targetOf(known, path);
  if (target === null || target.attribute.mutability === 'readOnly') return resource;
  if (!target.extended) return changed(resource, target, op, value);
  const extension = resource[urns.enterprise];
  const within = changed(isPlain(extension) ? extension : {}, target, op, value);
  return withExtension(resource, within);
}

function withExtension(resource: Plain, extension: Plain): Plain {
  const { [urns.enterprise]: _before, ...rest } = resource;
  return Object.keys(extension).length === 0 ? rest : { ...rest, [urns.enterprise]: extension };
}

/** Without a path the value is an object of attributes; its names may be paths themselves. */
function applyWhole(known: readonly Attribute[], resource: Plain, op: Op, value: unknown): Plain {
  if (!isPlain(value)) throw scimError('invalidValue', 'Without a path the value is an object.');
  let result = resource;
  for (const [name, inner] of Object.entries(value)) {
    if (name.toLowerCase() !== urns.enterprise.toLowerCase()) {
      result = applyOne(known, result, { op, path: name, value: inner });
      continue;
    }
    if (inner === null || !isPlain(inner)) {
      result = withExtension(result, {});
      continue;
    }
    const before = result[urns.enterprise];
    const given = canonical(enterpriseAttributes, inner);
    result = withExtension(result, { ...(isPlain(before) ? before : {}), ...given });
  }
  return result;
}

/** Null for an attribute that this product does not take. Throws `scim.path_invalid`. */
function targetOf(known: readonly Attribute[], path: string): Target | null {
  const { extended, rest } = withoutUrn(path);
  const parts = /^([A-Za-z$][\w$-]*)(?:\[([^\]]*)\])?(?:\.([A-Za-z$][\w$-]*))?$/.exec(rest);
  if (parts === null) throw scimError('invalidPath', `The path cannot be read: ${path.slice(0, 100)}`);
  const [, name = '', condition, subName] = parts;
  const attribute = findAttribute(extended ? enterpriseAttributes : known, name);
  if (attribute === undefined) return null;
  const sub = subName === undefined ? null : (findAttribute(attribute.sub ?? [], subName) ?? null);
  if (subName !== undefined && sub === null) return null;
  return { attribute, extended, filter: condition === undefined ? null : parseFilter(condition), sub };
}

function withoutUrn(path: string): { extended: boolean; rest: string } {
  const lower = path.toLowerCase();
  for (const urn of [urns.enterprise, urns.user, urns.group]) {
    const after = path.at(urn.length);
    // Some join the extension and its attribute by a dot.
    if (!lower.startsWith(urn.toLowerCase()) || (after !== ':' && after !== '.')) continue;
    return { extended: urn === urns.enterprise, rest: path.slice(urn.length + 1) };
  }
  return { extended: false, rest: path };
}

function changed(resource: Plain, target: Target, op: Op, value: unknown): Plain {
  const { attribute } = target;
  const before = resource[attribute.name];
  const after =
    attribute.multiValued === true
      ? changedList(target, op, Array.isArray(before) ? (before as Plain[]) : [], value)
      : changedOne(target, op, before, value);
  const { [attribute.name]: _before, ...rest } = resource;
  return after === undefined ? rest : { ...rest, [attribute.name]: after };
}

function changedOne({ attribute, sub }: Target, op: Op, before: unknown, value: unknown): unknown {
  if (sub === null) {
    if (op === 'remove') return undefined;
    const after = coerce(attribute, value);
    return isPlain(after) && isPlain(before) ? { ...before, ...after } : after;
  }
  return withSub(isPlain(before) ? before : {}, sub, op === 'remove' ? undefined : coerce(sub, value));
}

function withSub(item: Plain, sub: Attribute, value: unknown): Plain | undefined {
  const { [sub.name]: _before, ...rest } = item;
  const after = value === undefined ? rest : { ...rest, [sub.name]: value };
  return Object.keys(after).length === 0 ? undefined : after;
}

function changedList(target: Target, op: Op, before: readonly Plain[], value: unknown): unknown {
  const { attribute, filter, sub } = target;
  const isMatch = (item: Plain) => filter === null || meets(filter, item);
  if (op === 'remove') return removed(target, before, value);
  if (filter === null && sub === null) {
    const given = coerce(attribute, value) as Plain[] | undefined;
    return coerce(attribute, op === 'add' ? union(before, given ?? []) : given);
  }
  const change = (item: Plain): Plain => {
    if (sub === null)
      return { ...item, ...canonical(attribute.sub ?? [], isPlain(value) ? value : { value }) };
    return withSub(item, sub, coerce(sub, value)) ?? {};
  };
  if (before.some(isMatch)) {
    const after = before.map((item) => (isMatch(item) ? change(item) : item));
    return coerce(attribute, after);
  }
  // Nobody meets the condition: what it says and what is set make a new value.
  return coerce(attribute, [...before, change(filter === null ? {} : saidBy(filter))]);
}

function removed({ attribute, filter, sub }: Target, before: readonly Plain[], value: unknown): unknown {
  if (filter === null && sub === null && value !== undefined && value !== null) {
    const gone = new Set(
      ((coerce(attribute, value) as Plain[] | undefined) ?? []).map((item) => item['value']),
    );
    return orNothing(before.filter((item) => !gone.has(item['value'])));
  }
  const isMatch = (item: Plain) => filter === null || meets(filter, item);
  if (sub === null) return orNothing(before.filter((item) => !isMatch(item)));
  const left = before.map((item) => (isMatch(item) ? withSub(item, sub, undefined) : item));
  return orNothing(left.filter((item) => item !== undefined));
}

const orNothing = (items: readonly Plain[]): readonly Plain[] | undefined =>
  items.length === 0 ? undefined : items;

/** A value that is there already is not added again. */
function union(before: readonly Plain[], added: readonly Plain[]): Plain[] {
  const values = new Set(added.map((item) => item['value']));
  return [...before.filter((item) => !values.has(item['value'])), ...added];
}

/** `type eq "work"` says that the type is work. */
function saidBy(filter: Filter): Plain {
  if (filter.op === 'eq' && 'compValue' in filter) return { [filter.attrPath]: filter.compValue };
  if (filter.op !== 'and' || !('filters' in filter)) return {};
  return Object.assign({}, ...filter.filters.map(saidBy)) as Plain;
}

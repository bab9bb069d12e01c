import { isViewName, viewNames, type ViewName } from '../catalogue/views/views.ts';
import { isAllowedFunction, isPlainType, typeTakers } from './functions.ts';
import { walk, type TreeNode } from './query-tree.ts';
import { refused } from './refusal.ts';

/** What a checked question touches. */
export interface Touched {
  readonly views: readonly ViewName[];
  /** Texts that the question holds, as written: they may name a module that the asker does not see. */
  readonly texts: readonly string[];
}

/** Functions of the engine, in lower case, with those that guarded SQL may not call. */
export type EngineFunctions = ReadonlySet<string>;

const tablePlaces: ReadonlySet<string> = new Set([
  'JOIN TREE',
  'TABLE EXPRESSION',
  'LEFT TABLE EXPRESSION',
  'RIGHT TABLE EXPRESSION',
]);

/** What the engine writes for a SELECT without FROM: one row, no data. */
const noTable = 'system.one';

const membership = /^(?:not)?(?:null)?in$/i;

/** Most parts of a question, counted with the copies that the engine makes. */
const mostCopies = 10_000;

/**
 * The allow-lists: tables are our views or the question's own CTEs, functions are known ones, and nothing else reads
 * data. Throws `warehouse.sql_refused`, naming what is not allowed.
 */
export function checkTree(root: TreeNode, functions: EngineFunctions): Touched {
  if (copies(root) > mostCopies)
    throw refused('WITH and UNION together make the question too large. Split it.');
  const nodes = [...walk(root)];
  const ctes = new Set(
    nodes.map((node) => node.attributes.get('cte_name')).filter((name) => name !== undefined),
  );
  const lambdas = new Set(
    nodes.filter(({ kind }) => kind === 'LAMBDA').flatMap(({ attributes }) => attributes.get('alias') ?? []),
  );
  const views = new Set<ViewName>();
  const texts: string[] = [];
  const useTable = (name: string): void => {
    if (isViewName(name)) views.add(name);
    else if (!ctes.has(name) && name !== noTable) throw unknownTable(name);
  };
  for (const node of nodes) {
    if (node.kind === 'TABLE_FUNCTION') throw noTableFunction(node);
    if (node.kind === 'QUERY' || node.kind === 'UNION') checkQuery(node);
    if (node.kind === 'FUNCTION') checkFunction(node, lambdas, useTable);
    if (node.kind === 'IDENTIFIER') checkIdentifier(node, functions, useTable);
    if (node.kind === 'CONSTANT') texts.push(node.text);
  }
  return { views: viewNames.filter((name) => views.has(name)), texts };
}

function checkQuery({ attributes }: TreeNode): void {
  if ([...attributes.keys()].some((name) => name.includes('recursive'))) {
    throw refused('WITH RECURSIVE cannot be used here.');
  }
  const cte = attributes.get('cte_name');
  if (cte?.includes('.')) throw refused('The name of a WITH holds a dot.');
}

function checkFunction(node: TreeNode, lambdas: ReadonlySet<string>, useTable: (name: string) => void): void {
  const name = node.attributes.get('function_name') ?? '';
  if (lambdas.has(name)) throw refused(`${name} names a lambda. Write the lambda where it is used.`);
  if (!isAllowedFunction(name)) throw refused(`The function ${name} cannot be used here.`);
  const given = argumentsOf(node);
  if (typeTakers.has(name.toLowerCase())) requirePlainTypes(given);
  const [, right] = given;
  // `x IN name` reads a table of that name.
  if (membership.test(name) && right?.kind === 'IDENTIFIER')
    useTable(right.attributes.get('identifier') ?? '');
}

/** The type must stand there as a text: one that is put together could become any type. */
function requirePlainTypes(given: readonly TreeNode[]): void {
  const type = given.at(-1);
  const text =
    type?.kind === 'CONSTANT'
      ? /^constant_value: '(.*)', constant_value_type: String$/u.exec(type.text)?.[1]
      : undefined;
  if (text === undefined || !isPlainType(text.replaceAll("\\'", "'"))) {
    throw refused('A conversion needs a plain type such as Int32, String or Nullable(Date).');
  }
}

function argumentsOf(node: TreeNode): readonly TreeNode[] {
  const section = node.children.find(({ kind }) => kind === 'ARGUMENTS');
  return section?.children[0]?.children ?? [];
}

function checkIdentifier(node: TreeNode, functions: EngineFunctions, useTable: (name: string) => void): void {
  const name = node.attributes.get('identifier') ?? '';
  if (isTable(node)) {
    if (node.attributes.has('final'))
      throw refused('FINAL cannot be used here: views hold one row each already.');
    if (node.attributes.has('sample_size')) throw refused('SAMPLE cannot be used here.');
    useTable(name);
    return;
  }
  // A function can be passed by its name: arrayMap(file, …).
  const last = name.toLowerCase();
  if (functions.has(last) && !isAllowedFunction(last)) {
    throw refused(`${name} is a function that cannot be used here. Give the column another name.`);
  }
}

function noTableFunction({ attributes }: TreeNode): Error {
  const name = attributes.get('table_function_name') ?? '';
  return refused(`${name}() in FROM cannot be used here. Views: ${viewNames.join(', ')}.`);
}

function unknownTable(name: string): Error {
  return refused(`There is no view ${name}. Views: ${viewNames.join(', ')}.`);
}

/**
 * Size of the question once the engine has put every CTE in each place that names it, and the first branch's WITH into
 * every branch of a UNION: nested, both multiply, before any limit of time holds.
 */
function copies(root: TreeNode): number {
  const bodies = new Map<string, TreeNode>();
  for (const node of walk(root)) {
    const name = node.attributes.get('cte_name');
    if (name !== undefined) bodies.set(name, node);
  }
  const sizes = new Map<string, number>();

  function sizeOfTable(name: string): number {
    const body = bodies.get(name);
    if (body === undefined) return sizeOfView;
    const known = sizes.get(name);
    if (known !== undefined) return known;
    // While it is being counted, it stands for the view of the same name.
    sizes.set(name, sizeOfView);
    sizes.set(name, sizeOf(body));
    return sizes.get(name) ?? sizeOfView;
  }

  function sizeOf(node: TreeNode): number {
    let size = 1;
    if (isTable(node)) size += sizeOfTable(node.attributes.get('identifier') ?? '');
    for (const child of node.children) size += child.kind === 'WITH' ? 0 : sizeOf(child);
    if (node.kind !== 'UNION') return size;
    const branches = node.children.find(({ kind }) => kind === 'QUERIES')?.children[0]?.children ?? [];
    const shared = branches[0]?.children.find(({ kind }) => kind === 'WITH');
    return shared === undefined ? size : size + sizeOf(shared) * (branches.length - 1);
  }

  return sizeOf(root);
}

const isTable = ({ kind, parent }: TreeNode): boolean =>
  kind === 'IDENTIFIER' && parent !== null && tablePlaces.has(parent.kind);

/** Parts of the SELECT behind a view, about. */
const sizeOfView = 60;

import { refused } from './refusal.ts';

/** A node of the engine's description of a query (`EXPLAIN QUERY TREE run_passes = 0`), or a section of one. */
export interface TreeNode {
  /** QUERY, FUNCTION, … or, for a section, its heading: `JOIN TREE`, `WHERE`. */
  readonly kind: NodeKind | SectionKind;
  readonly depth: number;
  /** As the line says them; absent where the kind prints free text. */
  readonly attributes: ReadonlyMap<string, string>;
  /** Free text behind the kind: a constant's value, a pattern. */
  readonly text: string;
  readonly parent: TreeNode | null;
  readonly children: TreeNode[];
}

const nodeKinds = [
  'QUERY',
  'UNION',
  'LIST',
  'FUNCTION',
  'LAMBDA',
  'IDENTIFIER',
  'CONSTANT',
  'MATCHER',
  'JOIN',
  'CROSS JOIN',
  'ARRAY_JOIN',
  'TABLE_FUNCTION',
  'SORT',
  'INTERPOLATE',
  'WINDOW',
  'APPLY COLUMN TRANSFORMER',
  'EXCEPT COLUMN TRANSFORMER',
  'REPLACE COLUMN TRANSFORMER',
] as const;
export type NodeKind = (typeof nodeKinds)[number];

const sectionKinds = [
  'WITH',
  'PROJECTION',
  'JOIN TREE',
  'TABLE EXPRESSION',
  'LEFT TABLE EXPRESSION',
  'RIGHT TABLE EXPRESSION',
  'JOIN EXPRESSION',
  'JOIN EXPRESSIONS',
  'PREWHERE',
  'WHERE',
  'GROUP BY',
  'HAVING',
  'QUALIFY',
  'WINDOW',
  'ORDER BY',
  'INTERPOLATE',
  'INTERPOLATE_EXPRESSION',
  'LIMIT BY LIMIT',
  'LIMIT BY OFFSET',
  'LIMIT BY',
  'LIMIT',
  'OFFSET',
  'QUERIES',
  'ARGUMENTS',
  'PARAMETERS',
  'EXPRESSION',
  'FILL FROM',
  'FILL TO',
  'FILL STEP',
  'FILL STALENESS',
  'REPLACEMENTS',
  'PARTITION BY',
  'FRAME BEGIN OFFSET',
  'FRAME END OFFSET',
] as const;
export type SectionKind = (typeof sectionKinds)[number];

const nodeLine = new RegExp(`^(${nodeKinds.join('|')}) id: \\d+(?:, (.*))?$`, 'u');
const bareSection = new RegExp(`^(${sectionKinds.join('|')}) ?$`, 'u');
const attribute = /^([a-z_]+): ([\p{L}\p{N}_ %.-]*)$/u;

/** Kinds whose line ends in text of the asker. */
const freeText: ReadonlySet<string> = new Set(['CONSTANT', 'MATCHER', 'EXCEPT COLUMN TRANSFORMER']);

const mostNodes = 5000;
const deepest = 240;

/**
 * Reads the engine's lines. Throws `warehouse.sql_refused` for every line that is not of a known kind: a form of SQL that
 * nobody has looked at must not pass.
 */
export function readQueryTree(lines: readonly string[]): TreeNode {
  if (lines.length > mostNodes) throw refused('The question has too many parts. Split it.');
  const open: TreeNode[] = [];
  let root: TreeNode | null = null;
  for (const line of lines) {
    const depth = line.length - line.trimStart().length;
    if (depth > deepest) throw refused('The question is nested too deeply. Flatten it.');
    while (open.length > 0 && (open.at(-1)?.depth ?? 0) >= depth) open.pop();
    const parent = open.at(-1) ?? null;
    if (parent === null && root !== null) throw unknownForm();
    const node = readLine(line.slice(depth), depth, parent);
    root ??= node;
    parent?.children.push(node);
    open.push(node);
  }
  if (root === null) throw unknownForm();
  return root;
}

function readLine(line: string, depth: number, parent: TreeNode | null): TreeNode {
  const made = { depth, parent, children: [] };
  const node = nodeLine.exec(line);
  if (node !== null) {
    const kind = node[1] as NodeKind;
    const rest = node[2] ?? '';
    if (freeText.has(kind)) return { ...made, kind, text: rest, attributes: new Map() };
    return { ...made, kind, text: '', attributes: readAttributes(rest) };
  }
  if (line.startsWith('SETTINGS ')) throw refused('SETTINGS cannot be used here. Leave them out.');
  const replacement = /^REPLACEMENT NAME .* EXPRESSION$/u.test(line);
  if (replacement || /^EXPRESSION .*$/u.test(line))
    return { ...made, kind: 'EXPRESSION', text: '', attributes: new Map() };
  const section = bareSection.exec(line) ?? /^(REPLACEMENTS) \d+$/.exec(line);
  if (section === null) throw unknownForm();
  return { ...made, kind: section[1] as SectionKind, text: '', attributes: new Map() };
}

function readAttributes(rest: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const part of rest === '' ? [] : rest.split(', ')) {
    const [, name, value] = attribute.exec(part) ?? [];
    // Twice the same attribute: one of the two was forged.
    if (name === undefined || value === undefined || found.has(name)) throw unknownForm();
    found.set(name, value);
  }
  return found;
}

const unknownForm = () => refused('The SQL uses a form that is not known to be safe. Say it more plainly.');

/** The node and everything below it, in the order of the lines. */
export function* walk(node: TreeNode): Generator<TreeNode> {
  yield node;
  for (const child of node.children) yield* walk(child);
}

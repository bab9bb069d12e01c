import ts from 'typescript';
import { guards, throwFiles } from './sites.ts';

/** A place in the program that decides what somebody may see or do. */
export interface Site {
  /** e.g. `src/lib/server/board/sighting.ts · sightPerson · covers`; a number follows where there are several. */
  readonly id: string;
  readonly start: number;
  readonly end: number;
  /** What stands there once the guard is gone; null = the switch itself makes the call, so that guards inside stay guards. */
  readonly loosened: string | null;
}

/** Every guard of a file, outer ones first. */
export function findSites(file: string, text: string): Site[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const known = guardNames(source);
  const sites: Site[] = [];
  const taken = new Map<string, number>();
  const add = (within: ts.Node, what: string, node: ts.Node, loosened: string | null): void => {
    const name = `${file} · ${functionOf(within)} · ${what}`;
    const number = (taken.get(name) ?? 0) + 1;
    taken.set(name, number);
    const id = number === 1 ? name : `${name} ${number}`;
    sites.push({ id, start: node.getStart(source), end: node.end, loosened });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isRowSecurity(node)) {
      add(node, 'asViewer', node, null);
    } else if (ts.isCallExpression(node)) {
      const name = calleeOf(node);
      const guard = name === null || !known.has(name) ? undefined : guards[name];
      const loosened = guard?.loosened(
        node.arguments.map((argument) => argument.getText(source)),
        node.getText(source),
      );
      if (name !== null && loosened !== undefined) add(node, name, node, loosened);
    }
    if (
      ts.isIfStatement(node) &&
      throwFiles.includes(file) &&
      refuses(node.thenStatement) &&
      !asksGuard(node.expression, known)
    ) {
      add(node, 'refusal', node.expression, 'false');
    }
    if (
      ts.isArrayLiteralExpression(node) &&
      functionOf(node) === 'scopeKey' &&
      ts.isCallExpression(node.parent)
    ) {
      node.elements.forEach((element) => add(node, element.getText(source).slice(0, 40), element, 'null'));
    }
    if (
      ts.isTemplateSpan(node) &&
      node.expression.getText(source) === 'tenantId' &&
      isKey(node.parent.parent)
    ) {
      add(node, 'tenant in a key', node.expression, "'any'");
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return sites.toSorted((a, b) => a.start - b.start || b.end - a.end);
}

/** What a cache kept under other guards must not be found: keys made of a scope begin with the generation of the switch. */
const withGeneration = (text: string): string =>
  text.replace(/(function scopeKey\b[\s\S]*?JSON\.stringify\(\[)/, '$1globalThis.guardSwitch.generation, ');

/** The file with each guard behind a switch: `globalThis.guardSwitch.ask(id, as written, loosened)`. */
export function instrument(file: string, text: string): string {
  const sites = findSites(file, text);
  const starts = sites.map(({ id, start, end, loosened }) => ({
    at: start,
    order: -end,
    text:
      loosened === null
        ? `globalThis.guardSwitch.asViewer(${JSON.stringify(id)}, `
        : `globalThis.guardSwitch.ask(${JSON.stringify(id)}, () => (`,
  }));
  const ends = sites.flatMap(({ start, end, loosened }) =>
    loosened === null ? [] : [{ at: end, order: -start, text: `), () => (${loosened}))` }],
  );
  // Where several begin, the outermost goes first; where several end, the innermost. An end comes before a beginning.
  const inserted = [
    ...ends.map((each) => ({ ...each, rank: 0 })),
    ...starts.map((each) => ({ ...each, rank: 1 })),
  ];
  const sorted = inserted.toSorted((a, b) => a.at - b.at || a.rank - b.rank || a.order - b.order);
  let made = '';
  let from = 0;
  for (const { at, text: piece } of sorted) {
    made += text.slice(from, at) + piece;
    from = at;
  }
  // `postgres.asViewer(scope, work)` is now `asViewer(id, postgres.asViewer(scope, work)`: the call inside gives way to a comma.
  return withGeneration(made + text.slice(from)).replaceAll(
    /(guardSwitch\.asViewer\("[^"]*", (?:\w+\.)*\w+)\.asViewer\(/g,
    '$1, ',
  );
}

/** Guards that the file imports from where they live, or makes itself. */
function guardNames(source: ts.SourceFile): Set<string> {
  const known = new Set<string>();
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement) && ts.isStringLiteral(statement.moduleSpecifier)) {
      const from = statement.moduleSpecifier.text;
      const named = statement.importClause?.namedBindings;
      if (named === undefined || !ts.isNamedImports(named)) continue;
      for (const { name } of named.elements) if (guards[name.text]?.from.test(from)) known.add(name.text);
    }
    if (
      ts.isFunctionDeclaration(statement) &&
      statement.name &&
      guards[statement.name.text]?.in.test(source.fileName)
    )
      known.add(statement.name.text);
  }
  return known;
}

const calleeOf = ({ expression }: ts.CallExpression): string | null =>
  ts.isIdentifier(expression) ? expression.text : null;

const isRowSecurity = ({ expression }: ts.CallExpression): boolean =>
  ts.isPropertyAccessExpression(expression) && expression.name.text === 'asViewer';

const isKey = (node: ts.Node): boolean => ts.isVariableDeclaration(node) && node.name.getText() === 'key';

function asksGuard(node: ts.Node, known: ReadonlySet<string>): boolean {
  let asks = false;
  const visit = (each: ts.Node): void => {
    if (ts.isCallExpression(each) && known.has(calleeOf(each) ?? '')) asks = true;
    ts.forEachChild(each, visit);
  };
  visit(node);
  return asks;
}

/** A statement that ends with no: throws, answers nothing, or names a denial. */
function refuses(statement: ts.Statement): boolean {
  const last = ts.isBlock(statement) ? statement.statements.at(-1) : statement;
  if (last === undefined) return false;
  if (ts.isThrowStatement(last)) return true;
  if (!ts.isReturnStatement(last) || last.expression === undefined) return false;
  return last.expression.kind === ts.SyntaxKind.NullKeyword || ts.isStringLiteral(last.expression);
}

/** The nearest function with a name, or the property or constant that holds it. */
function functionOf(node: ts.Node): string {
  for (let at: ts.Node | undefined = node.parent; at !== undefined; at = at.parent) {
    if ((ts.isFunctionDeclaration(at) || ts.isMethodDeclaration(at)) && at.name) return at.name.getText();
    if (!ts.isVariableDeclaration(at) && !ts.isPropertyAssignment(at)) continue;
    if (at.initializer !== undefined && isFunctionLike(at.initializer)) return at.name.getText();
  }
  return 'module';
}

const isFunctionLike = (node: ts.Node): boolean => ts.isArrowFunction(node) || ts.isFunctionExpression(node);

/**
 * Functions of a file that take a scope or a viewer and answer yes or no, or rows: who adds one adds a guard, and it must
 * be known here or its checks would not be taken away.
 */
export function findDeciders(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const found: string[] = [];
  for (const statement of source.statements) {
    if (!ts.isFunctionDeclaration(statement) || !statement.name) continue;
    const takes = statement.parameters.some(
      ({ type }) => type && /^(?:Scope|Viewer)$/.test(type.getText(source)),
    );
    const answers = /^(?:boolean|Visibility|RawBuilder<boolean>)$/.test(
      statement.type?.getText(source) ?? '',
    );
    if (takes && answers) found.push(statement.name.text);
  }
  return found;
}

import { flagWords } from '#contracts/flags';
import type { Expr, Rule } from '#domain/flags';

type Titles = (name: string) => string;

/** A condition of a rule as a reader would say it. Names are the titles of signals and parameters. */
export function exprWords(expr: Expr, titleOf: Titles): string {
  if (expr === null) return 'nothing';
  if (typeof expr === 'boolean') return expr ? 'always' : 'never';
  if (typeof expr !== 'object') return String(expr);
  if ('var' in expr) return titleOf(expr.var);
  if ('param' in expr) return titleOf(expr.param);
  if ('!' in expr) return notWords(expr['!'], titleOf);
  if ('and' in expr) return expr.and.map((part) => inside(part, titleOf)).join(' and ');
  if ('or' in expr) return expr.or.map((part) => inside(part, titleOf)).join(' or ');
  if ('in' in expr) return `${exprWords(expr.in[0], titleOf)} is ${listWords(expr.in[1])}`;
  if ('+' in expr) return expr['+'].map((part) => inside(part, titleOf)).join(' + ');
  return pairWords(expr, titleOf);
}

const verbs = {
  '==': 'is',
  '!=': 'is not',
  '<': 'is before or below',
  '<=': 'is at most',
  '>': 'is after or above',
  '>=': 'is at least',
  '-': '−',
} as const;
type Operator = keyof typeof verbs;
type Pair = Extract<Expr, Partial<Record<Operator, readonly [Expr, Expr]>>>;

function pairWords(expr: Pair, titleOf: Titles): string {
  const [operator, sides] = Object.entries(expr)[0] as [Operator, readonly [Expr, Expr]];
  const [left, right] = sides;
  if (right === null && operator === '!=') return `${inside(left, titleOf)} is known`;
  if (right === null && operator === '==') return `${inside(left, titleOf)} is not known`;
  if (right === true && operator === '==') return inside(left, titleOf);
  return `${inside(left, titleOf)} ${verbs[operator]} ${valueWords(right, titleOf)}`;
}

function notWords(expr: Expr, titleOf: Titles): string {
  if (expr !== null && typeof expr === 'object' && 'in' in expr) {
    return `${exprWords(expr.in[0], titleOf)} is not ${listWords(expr.in[1])}`;
  }
  return `not ${inside(expr, titleOf)}`;
}

const valueWords = (expr: Expr, titleOf: Titles): string =>
  typeof expr === 'boolean' ? (expr ? 'yes' : 'no') : inside(expr, titleOf);

/** Brackets round a list of conditions within another. */
function inside(expr: Expr, titleOf: Titles): string {
  const compound = expr !== null && typeof expr === 'object' && ('and' in expr || 'or' in expr);
  const words = exprWords(expr, titleOf);
  return compound ? `(${words})` : words;
}

function listWords(values: readonly (string | number)[]): string {
  const last = values.at(-1);
  if (values.length < 2) return String(last ?? 'nothing');
  return `${values.slice(0, -1).join(', ')} or ${last}`;
}

type Outcome = { flag: keyof typeof flagWords; hold: Expr };

function outcomeWords(outcome: Outcome): string {
  if (outcome.hold === true) return `${flagWords[outcome.flag]}, hold`;
  return outcome.hold === false ? flagWords[outcome.flag] : `${flagWords[outcome.flag]}, hold in some cases`;
}

/** When a rule matches, and what it then gives. */
export function conditionWords(
  { condition, parameters }: Pick<Rule, 'condition' | 'parameters'>,
  titleOf: Titles,
): { when: string; gives: string } {
  if ('otherwise' in condition) {
    return { when: 'Nothing graver matched', gives: outcomeWords(condition.otherwise) };
  }
  if ('when' in condition) {
    return { when: exprWords(condition.when, titleOf), gives: outcomeWords(condition.gives) };
  }
  const { due, before, after, marksDays, markParameter } = condition.deadline;
  const first = markParameter === undefined ? undefined : parameters[markParameter]?.value;
  const marks = [...new Set([...(first === undefined ? [] : [first]), ...(marksDays ?? [])])];
  const ahead =
    before === null
      ? ''
      : `${outcomeWords(before)} ${marks.length > 0 ? `from ${marks.join(', ')} days` : ''} before`;
  return {
    when: titleOf(due),
    gives: [ahead.replace('  ', ' '), `${outcomeWords(after)} after`].filter(Boolean).join('; '),
  };
}

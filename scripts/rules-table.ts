import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { moduleNames, modules } from '#contracts/modules';
import { builtInPacks, type Rule } from '#domain/flags';

/** Writes docs/rules.md from the built-in rule packs: `node scripts/rules-table.ts`; with `--check` it only compares. */
const file = new URL('../docs/rules.md', import.meta.url);

const letters = { red: 'R', stale: 'S', yellow: 'Y', green: 'G', none: '–' } as const;
const bases = { law: 'L', custom: 'C', policy: 'P' } as const;
type Outcome = { flag: keyof typeof letters; hold: unknown };

function outcomeWord({ flag, hold }: Outcome): string {
  if (hold === false) return letters[flag];
  return hold === true ? `${letters[flag]}!` : `${letters[flag]} or ${letters[flag]}!`;
}

function flagWords({ condition }: Rule): string {
  if ('when' in condition) return outcomeWord(condition.gives);
  if ('otherwise' in condition) return outcomeWord(condition.otherwise);
  const { before, after } = condition.deadline;
  return before ? `${outcomeWord(before)} → ${outcomeWord(after)}` : `→ ${outcomeWord(after)}`;
}

function parameterWords(rule: Rule): string {
  return Object.entries(rule.parameters)
    .map(([name, { value, unit, basis }]) => `${name} ${value} ${unit} (${bases[basis]})`)
    .join('; ');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function rowOf(rule: Rule): string {
  const cells = [
    rule.id,
    rule.subject === 'person' ? rule.title : `${rule.title} (${rule.subject})`,
    flagWords(rule),
    rule.message === '' ? rule.says : `${rule.says}. ${rule.message}`,
    bases[rule.basis],
    parameterWords(rule),
    rule.citations.join(', '),
    rule.textAsOf ?? (rule.basis === 'law' ? 'not verified' : ''),
  ];
  return `| ${cells.map(cell).join(' | ')} |`;
}

/** The sentences of law behind a module's rules, each quoted once with all that rest on it. */
function quoteLines(rules: readonly Rule[]): string[] {
  const lines = rules.flatMap((rule) => rule.quotes.map((quote) => ({ rule, quote })));
  const byWords = Map.groupBy(lines, ({ quote }) => `${quote.citation}\n${quote.words}`);
  return [...byWords.values()].map((same) => {
    const [{ rule, quote }] = same as [(typeof same)[0]];
    const ids = same.map((one) => one.rule.id).join(', ');
    const words =
      quote.kind === 'text' ? `“${quote.words}” (text of ${rule.textAsOf})` : `Summary: ${quote.words}`;
    return `- **${quote.citation}** (${ids}): ${words}`;
  });
}

function quotesSection(rules: readonly Rule[]): string[] {
  const lines = quoteLines(rules);
  return lines.length === 0 ? [] : ['### What the law says', '', ...lines, ''];
}

/** The page, formatted as the repository's other files. */
export async function rulesPage(): Promise<string> {
  const sections = modules.flatMap((module) => [
    `## ${moduleNames[module]}`,
    '',
    '| rule | what | flag | message | basis | parameters | citations | text as of |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...builtInPacks[module].rules.map(rowOf),
    '',
    ...quotesSection(builtInPacks[module].rules),
  ]);
  const page = [
    '# Built-in rules',
    '',
    'Generated from `domain/flags/packs/*/rules.json` by `node scripts/rules-table.ts`; a test keeps it up to date.',
    '',
    'Flag: G green, Y yellow, R red, S stale, – none; `!` = hold (the regulated work must not start or go on); an arrow',
    'leads from the warning to what follows the due date. Basis: L law, C custom of the trade, P policy default. "Not',
    'verified" = the text of the regulation was not at hand when the rule was written: confirm it before relying on it.',
    '',
    'Under each table: the sentence that decides, in the regulation’s own words with the date of the text (… = words left',
    'out), or as a summary in our words.',
    '',
    'Geofence limits (accuracy, age of a fix, hours) are data of each zone, all policy, and therefore not listed here.',
    '',
    ...sections,
  ].join('\n');
  const options = await resolveConfig(file);
  return format(page, { ...options, parser: 'markdown' });
}

if (import.meta.main) {
  const page = await rulesPage();
  const same = readFileSync(file, 'utf8') === page;
  if (process.argv.includes('--check')) {
    if (!same) {
      console.error('docs/rules.md is out of date: run node scripts/rules-table.ts');
      process.exitCode = 1;
    }
  } else if (!same) {
    writeFileSync(file, page);
  }
}

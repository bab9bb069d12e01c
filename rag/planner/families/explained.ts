import type { AnswerEvent } from '#contracts/der-iq';
import { flagWords, type FlagColour } from '#contracts/flags';
import { moduleNames, modules, type Module } from '#contracts/modules';
import { visibilityOf } from '#domain/identity';
import { builtInPacks } from '#domain/flags';
import type { Grounded } from '../grounding/ground.ts';
import { textIn, type Cell, type Rows } from './family.ts';

interface Explained {
  readonly words: string;
  /** The sentences of law behind the reasons. */
  readonly quotes: readonly AnswerEvent[];
}

/** Says of each flag of one person what it is and why, as far as the asker sees it. Rows as the family `person.why` asks for them. */
export function personExplained({ people, scope }: Grounded, rows: Rows): Explained {
  const name = people[0]?.name ?? '';
  if (rows.length === 0) return { words: `Nothing is asked of ${name} in what you see.`, quotes: [] };
  const lines = rows.map((row) => {
    const module = moduleIn(row[0]);
    const flag = flagWords[textIn(row[1]) as FlagColour];
    const hold = row[2] === true ? ', **work must stop**' : '';
    const sees = module !== null && visibilityOf(scope, module) === 'full';
    const why = sees
      ? reasonIn(row)
      : ' You see the colour alone; the reason needs the right to view this module.';
    return `- ${module === null ? textIn(row[0]) : moduleNames[module]}: **${textIn(row[1])}** (${flag})${hold}.${why}`;
  });
  return {
    words: `${name}:\n\n${lines.join('\n')}`,
    quotes: rows.filter(([, flag]) => flag !== 'green').flatMap(quotesIn),
  };
}

function reasonIn(row: readonly Cell[]): string {
  const reason = textIn(row[5]) || textIn(row[3]);
  const rule = textIn(row[4]);
  const until =
    row[6] === null || row[6] === undefined
      ? ''
      : ` Turns red on ${textIn(row[6]).slice(0, 10)} if nothing is done.`;
  return `${reason === '' ? '' : ` ${reason.replace(/\.?$/, '.')}`}${rule === '' ? '' : ` Rule ${rule}.`}${until}`;
}

const moduleIn = (cell: Cell | undefined): Module | null => modules.find((module) => module === cell) ?? null;

function quotesIn(row: readonly Cell[]): AnswerEvent[] {
  const module = moduleIn(row[0]);
  const rule = module === null ? undefined : builtInPacks[module].rules.find(({ id }) => id === row[4]);
  if (rule === undefined) return [];
  return (rule.quotes ?? []).slice(0, 1).map(({ citation, kind, words }) => ({
    type: 'citation',
    citation,
    title: rule.title,
    quote: words,
    kind,
    asOf: rule.textAsOf ?? null,
    href: hrefOf(citation),
  }));
}

/** The page of a section; its paragraph is found there by the citation. */
export const hrefOf = (citation: string): string =>
  `/regulations/${encodeURIComponent((citation.split('(')[0] ?? '').replaceAll('USC', 'U.S.C.').trim())}`;

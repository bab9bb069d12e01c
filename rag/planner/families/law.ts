import type { AnswerEvent } from '#contracts/der-iq';
import { flagWords, type FlagColour } from '#contracts/flags';
import { moduleNames, modules, type Module } from '#contracts/modules';
import { builtInPacks } from '#domain/flags';
import { visibilityOf, type Scope } from '#domain/identity';
import { mentionsIn } from '../../corpus/citation.ts';
import type { Passage, Reader, Retrieval } from '../../retrieval/retrieve.ts';
import { hrefOf } from './explained.ts';
import { describeCatalogue, viewNames, views } from '#warehouse';
import { moduleWords, colourWords } from '../reading/lexicon.ts';
import { mark, takeAll } from '../reading/words.ts';

/** Questions to the law, to the rules and to the assistant itself: no row of data answers them. */
export interface LawFamily {
  readonly name: string;
  readonly example: string;
  fits(question: string): boolean;
  answer(asked: LawAsked): Promise<readonly AnswerEvent[]>;
}

export interface LawAsked {
  readonly question: string;
  readonly scope: Scope;
  readonly search: Retrieval['search'];
  /** Questions that the assistant can answer. */
  readonly examples: readonly string[];
}

const text = (delta: string): AnswerEvent => ({ type: 'text', delta });

/** A scope of one's own record reads what everybody may read. */
const readerOf = ({ tenantId, role, ownEmployeeId }: Scope): Reader => ({
  tenantId,
  role: ownEmployeeId === null ? role : null,
});

const citationOf = (passage: Passage): AnswerEvent => ({
  type: 'citation',
  citation: passage.citation,
  title: passage.title,
  quote: passage.quote,
  kind: passage.status === 'summary' ? 'summary' : 'text',
  asOf: /^\d{4}-\d\d-\d\d$/.test(passage.asOf) ? passage.asOf : null,
  href: hrefOf(passage.section),
});

const allRules = modules.flatMap((module) => builtInPacks[module].rules);
const ruleIn = /\b((?:DA|BG|DT|HL|HK|HU|TR|GF)\d{1,2}(?:-[A-Z]+)?)\b/i;
const aboutPeople = /\b(?:who|how many|people|drivers|employees|flagged)\b/i;

const section: LawFamily = {
  name: 'law.section',
  example: 'What does 382.305 require?',
  fits: (question) => mentionsIn(question).length > 0 && !/\brules?\b/i.test(question),
  answer: async ({ question, scope, search }) => {
    const numbers = mentionsIn(question).map(({ number }) => number.toLowerCase());
    const { passages } = await search({ text: question, limit: 5 }, readerOf(scope));
    const named = passages.filter((passage) =>
      numbers.some((number) => passage.section.toLowerCase().endsWith(` ${number}`)),
    );
    if (named.length === 0)
      return [
        {
          type: 'cannot',
          words: `The corpus held here has no section ${numbers.join(', ')}.`,
          can: [section.example],
        },
      ];
    const resting = allRules.filter(({ citations }) =>
      citations.some((each) => numbers.some((number) => each.toLowerCase().includes(` ${number}`))),
    );
    const rules = resting.slice(0, 6).map(({ id, title }) => `${title} (${id})`);
    const said = named.map((passage) => `**${passage.section}** ${passage.title}.`).join('\n\n');
    return [
      text(`${said}${rules.length === 0 ? '' : `\n\nRules here that rest on it: ${rules.join(', ')}.`}`),
      ...named.map(citationOf),
    ];
  },
};

/** Whether a citation is of that section, or of a paragraph of it: 391.45 is no part of 391.451. */
function namesSection(citation: string, number: string): boolean {
  const words = citation.toLowerCase().split(/[^a-z0-9.-]/);
  return words.some((word) => word.startsWith(number) && !/\d/.test(word.charAt(number.length)));
}

const citing: LawFamily = {
  name: 'rules.citing',
  example: 'Which rules rest on 391.45?',
  fits: (question) => mentionsIn(question).length > 0 && /\brules?\b/i.test(question),
  answer: ({ question }) => {
    const numbers = mentionsIn(question).map(({ number }) => number.toLowerCase());
    const found = allRules.filter(({ citations }) =>
      citations.some((each) => numbers.some((number) => namesSection(each, number))),
    );
    const lines = found.map(({ id, title, citations }) => `- ${title} (${id}): ${citations.join('; ')}`);
    return Promise.resolve([
      text(
        found.length === 0
          ? `No built-in rule rests on ${numbers.join(', ')}.`
          : `${found.length} rules rest on ${numbers.join(', ')}:\n\n${lines.join('\n')}`,
      ),
    ]);
  },
};

const rule: LawFamily = {
  name: 'rules.explain',
  example: 'What is rule DT06?',
  fits: (question) => ruleIn.test(question) && !aboutPeople.test(question),
  answer: ({ question }) => {
    const id = ruleIn.exec(question)?.[1]?.toUpperCase() ?? '';
    const found = allRules.find((each) => each.id === id);
    if (found === undefined)
      return Promise.resolve([
        { type: 'cannot', words: `There is no built-in rule ${id}.`, can: [rule.example] },
      ]);
    const quotes = (found.quotes ?? []).map(({ citation, kind, words }): AnswerEvent => ({
      type: 'citation',
      citation,
      title: found.title,
      quote: words,
      kind,
      asOf: found.textAsOf ?? null,
      href: hrefOf(citation),
    }));
    const basis = { law: 'the law', custom: 'the custom of the trade', policy: 'policy' }[found.basis];
    const cited = found.citations.length === 0 ? '' : ` It cites ${found.citations.join('; ')}.`;
    const todo =
      found.message === undefined || found.message === '' ? '' : ` ${found.message.replace(/\.?$/, '.')}`;
    return Promise.resolve([
      text(
        `**${found.title}** (${found.id}, ${moduleNames[found.module]}) rests on ${basis}.${todo}${cited}`,
      ),
      ...quotes,
    ]);
  },
};

const ofModule: LawFamily = {
  name: 'rules.of-module',
  example: 'Which rules are there for training?',
  fits: (question) =>
    /\bwhich rules\b|\blist (?:the |all )?rules\b|\bwhat rules\b|\bshow (?:me )?(?:the |all )?rules\b/i.test(
      question,
    ) && modulesIn(question).length > 0,
  answer: ({ question }) => {
    const said = modulesIn(question);
    const rules = said.flatMap((module) => builtInPacks[module].rules);
    const lines = rules.map(
      ({ id, title, citations }) =>
        `- ${id} ${title}${citations.length === 0 ? '' : `: ${citations.join('; ')}`}`,
    );
    return Promise.resolve([
      text(
        `${rules.length} built-in rules for ${said.map((module) => moduleNames[module]).join(', ')}:\n\n${lines.join('\n')}`,
      ),
    ]);
  },
};

const modulesIn = (question: string): Module[] => takeAll(mark(question), moduleWords);

const colourMeanings: Readonly<Record<Exclude<FlagColour, 'none'>, string>> = {
  red: 'a rule is broken or a date has passed. With a hold, the regulated work must not start or go on.',
  stale: 'a vendor on which the answer depends is silent, so nothing can be claimed.',
  yellow: 'something is due soon or a person must look.',
  green: 'everything that is asked of the person in this module is in order.',
};

const meaning: LawFamily = {
  name: 'meaning.colour',
  example: 'What does stale mean?',
  fits: (question) =>
    /\bmeans?\b|\bmeaning\b/i.test(question) &&
    (coloursIn(question).length > 0 || /\bhold\b/i.test(question)),
  answer: ({ question }) => {
    const colours = coloursIn(question);
    const said = colours.map((colour) => `**${colour}** (${flagWords[colour]}): ${colourMeanings[colour]}`);
    const hold = /\bhold\b/i.test(question)
      ? ['**Hold**: the regulated work must not start or go on until the reason is gone.']
      : [];
    return Promise.resolve([text([...said, ...hold].join('\n\n'))]);
  },
};

const coloursIn = (question: string) => takeAll(mark(question), colourWords);

const mine: LawFamily = {
  name: 'assistant.my-scope',
  example: 'What may I see?',
  fits: (question) =>
    /\bwhat (?:may|can|do|am) i (?:allowed to )?(?:see|read|view)\b|\bmy (?:scope|rights|permissions)\b/i.test(
      question,
    ),
  answer: ({ scope }) => {
    const words = {
      full: 'in full',
      status: 'the colour alone',
      deidentified: 'without who it is',
      none: 'nothing',
    };
    const lines = modules.map((module) => `- ${moduleNames[module]}: ${words[visibilityOf(scope, module)]}`);
    const places = [...(scope.divisionIds ?? []), ...(scope.locationIds ?? [])].length;
    const everybody = scope.divisionIds === null && scope.locationIds === null;
    const who =
      scope.ownEmployeeId !== null
        ? 'your own record'
        : everybody
          ? 'everybody in the company'
          : `the people of ${places} places assigned to you`;
    return Promise.resolve([text(`You see ${who}:\n\n${lines.join('\n')}`)]);
  },
};

const help: LawFamily = {
  name: 'assistant.help',
  example: 'What can I ask?',
  fits: (question) =>
    /^\W*(?:help|hello|hi)\W*$|\bwhat can (?:i|you) (?:ask|do|answer)\b|\bwhat questions\b/i.test(question),
  answer: ({ examples }) =>
    Promise.resolve([text(`For example:\n\n${examples.map((each) => `- ${each}`).join('\n')}`)]),
};

const catalogue: LawFamily = {
  name: 'catalogue.views',
  example: 'What data is there?',
  fits: (question) =>
    /\b(?:what|which) (?:data|views|tables|columns)\b|\bdata dictionary\b|\bcatalogue\b/i.test(question),
  answer: ({ question }) => {
    const named = viewNames.filter((name) => question.toLowerCase().includes(name));
    if (named.length > 0) return Promise.resolve([text(`\`\`\`\n${describeCatalogue(named)}\`\`\``)]);
    return Promise.resolve([
      text(viewNames.map((name) => `- **${name}**: ${views[name].meaning}`).join('\n')),
    ]);
  },
};

const cue =
  /\b(?:must|shall|requires?|required|requirements?|legal|legally|laws?|regulations?|permitted|penalty|penalties|deadline|cfr|osha|fcra|hipaa|retain|retention|definition|define|defined)\b|\bhow (?:long|often|soon|much time)\b|\bwithin how\b|\b(?:may|can|should) (?:an?|the|we|i|my|our|you) |\bhave to\b|\bneed to\b|\bis it (?:ok|allowed|legal)\b|\b(?:what|who) is (?:an? |meant by)|\bminimum (?:annual )?(?:percentage|rate)\b/i;
const asksForRows =
  /^\W*(?:who|whose|list|show|which (?:people|drivers|employees)|how many (?:people|drivers|employees|flags|tests))\b/i;

const asksForDuty = /^\W*who (?:must|shall|has to|is an? )/i;
const asksForFreedom = /^\W*who (?:must|shall|has to|is an?) ?not/i;

const question: LawFamily = {
  name: 'law.question',
  example: 'How soon after an accident must a driver be tested for alcohol?',
  fits: (asked) =>
    cue.test(asked) && (!asksForRows.test(asked) || (asksForDuty.test(asked) && !asksForFreedom.test(asked))),
  answer: async (asked) => (await searched(asked, true)) ?? [notHeld(asked)],
};

/** Below it, what came nearest has nothing to do with the question; measured on our questions over a small shelf. */
const leastConfidence = 0.1;

/**
 * What the corpus answers; null when it does not.
 * @param isLaw the question is surely one to the law: what came nearest is then shown with a warning
 */
export async function searched(
  { question: asked, scope, search }: LawAsked,
  isLaw = false,
): Promise<readonly AnswerEvent[] | null> {
  const { answerable, confidence, outside, passages } = await search(
    { text: asked, limit: 3 },
    readerOf(scope),
  );
  const [best] = passages;
  if (best === undefined) return null;
  const isNear = isLaw && outside === null && confidence >= leastConfidence;
  if (!answerable && !isNear) return null;
  const near = passages.filter(({ score }) => score >= best.score * 0.75);
  const sure = best.own ? 'Your company’s own document says' : 'The text that answers this best';
  const words = answerable ? sure : 'I am not sure that this answers the question; the nearest text held is';
  return [text(`${words}: **${best.citation}**, ${best.title}.`), ...near.map(citationOf)];
}

const notHeld = ({ examples }: LawAsked): AnswerEvent => ({
  type: 'cannot',
  words: 'The texts held here do not answer this. I do not guess what the law says.',
  can: examples.filter((each) => /require|must|rule/i.test(each)).slice(0, 3),
});

export const lawFamilies: readonly LawFamily[] = [
  help,
  mine,
  catalogue,
  meaning,
  citing,
  section,
  rule,
  ofModule,
  question,
];

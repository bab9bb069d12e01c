import { modules, type Module } from '#contracts/modules';
import type { EmployeeId } from '#contracts/ids';
import { idsIn } from './known.ts';
import { indexesIn, placeName } from './planted.ts';
import { modulesBySight, type Asker } from './viewers.ts';

/** What an answer is held against. */
export interface Secrets {
  /** Company of every id that lies in a table of either company. */
  readonly ownerOf: ReadonlyMap<string, string>;
  readonly indexOf: ReadonlyMap<EmployeeId | string, number>;
  readonly sentences: ReadonlyMap<Module, readonly string[]>;
  /** The company that the overseer oversees. */
  readonly client: { readonly id: string; readonly name: string };
  /** Ids and words that belong to the unannounced order; empty before it. */
  readonly order: readonly string[];
}

/**
 * Everything in an answer that this asker may not be told, in words; empty = nothing crossed.
 * @param asked the request: what somebody says themselves, they may hear again.
 */
export function crossings(asker: Asker, answer: string, asked: string, secrets: Secrets): string[] {
  return [
    ...foreignThings(asker, answer, asked, secrets),
    ...foreignPeople(asker, answer, asked, secrets),
    ...hiddenSentences(asker, answer, secrets),
    ...orderTold(asker, answer, asked, secrets),
  ];
}

function foreignThings(
  { reaches, knowsClient }: Asker,
  given: string,
  asked: string,
  { ownerOf, client }: Secrets,
): string[] {
  const foreign = ['Alder', 'Borealis'].filter((company) => company !== reaches);
  const answer = knowsClient ? given.replaceAll(client.id, '').replaceAll(client.name, '') : given;
  const ids = [...idsIn(answer)].filter((id) => {
    const owner = ownerOf.get(id);
    return owner !== undefined && foreign.includes(owner) && !asked.includes(id);
  });
  const words = foreign.filter((company) => answer.includes(company) && !asked.includes(company));
  return [...ids.map((id) => `id ${id} of another company`), ...words.map((word) => `the word ${word}`)];
}

function foreignPeople(asker: Asker, answer: string, asked: string, { indexOf, ownerOf }: Secrets): string[] {
  const { reaches, people, role } = asker;
  if (reaches === null) return [];
  const named = [...indexesIn(reaches, answer)].filter((index) => role === 'Auditor' || !people.has(index));
  const ids = [...idsIn(answer)].filter((id) => {
    const index = indexOf.get(id);
    return index !== undefined && ownerOf.get(id) === reaches && !people.has(index) && !asked.includes(id);
  });
  const places = placesBeyond(asker).filter((place) => answer.includes(placeName(reaches, place)));
  return [
    ...named.map((index) => `person ${index} by name`),
    ...ids.map((id) => `person ${indexOf.get(id)} by id`),
    ...places.map((place) => `the place ${place}`),
  ];
}

/** Places where these askers see nobody; who reads the audit log or the settings sees no places there either. */
function placesBeyond({ role }: Asker): string[] {
  if (role === 'SafetyManager') return ['South'];
  return role === 'SiteSupervisor' ? ['Quarry'] : [];
}

function hiddenSentences(asker: Asker, answer: string, { sentences }: Secrets): string[] {
  if (asker.role === null || asker.reaches !== 'Alder') return [];
  return modulesBySight(asker, 'status', 'none').flatMap((module) =>
    (sentences.get(module) ?? [])
      .filter((sentence) => answer.includes(sentence))
      .map((sentence) => `a reason of ${module}: ${sentence.slice(0, 60)}`),
  );
}

function orderTold({ role, reaches }: Asker, answer: string, asked: string, { order }: Secrets): string[] {
  if (role === 'DER' && reaches === 'Alder') return [];
  return order
    .filter((word) => answer.includes(word) && !asked.includes(word))
    .map((word) => `of the unannounced order: ${word}`);
}

/** Fields that speak, where the colour alone is seen. */
const wordy = [
  'short',
  'summary',
  'message',
  'leadRuleId',
  'ruleId',
  'nextChangeAt',
  'dueAt',
  'reasons',
  'tasks',
  'events',
];

const isBlank = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

/** Walks parsed JSON: every thing that says its module, and every row of six cells. */
export function speakingCells(asker: Asker, value: unknown, path = ''): string[] {
  if (asker.role === null || typeof value !== 'object' || value === null) return [];
  const own = Array.isArray(value)
    ? []
    : [...ofModule(asker, value as Fields, path), ...ofCells(asker, value as Fields, path)];
  const parts = Object.entries(value).flatMap(([key, part]) => speakingCells(asker, part, `${path}.${key}`));
  return [...own, ...parts];
}

type Fields = Readonly<Record<string, unknown>>;

function ofModule(asker: Asker, fields: Fields, path: string): string[] {
  const module = modules.find((one) => one === fields['module']);
  if (module === undefined) return [];
  if (modulesBySight(asker, 'status').includes(module)) {
    return wordy.filter((key) => !isBlank(fields[key])).map((key) => `${path}: ${module} says ${key}`);
  }
  if (!modulesBySight(asker, 'none').includes(module)) return [];
  return ['state', 'flag', 'to', 'counts']
    .filter((key) => !isBlank(fields[key]))
    .map((key) => `${path}: ${module} has ${key}`);
}

function ofCells(asker: Asker, { cells }: Fields, path: string): string[] {
  if (!Array.isArray(cells) || cells.length !== modules.length) return [];
  return modules.flatMap((module, at) => {
    const cell = cells[at] as Fields | null;
    if (cell === null || 'module' in cell) return [];
    return ofModule(asker, { ...cell, module }, `${path}.cells[${at}]`);
  });
}

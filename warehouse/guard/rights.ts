import { moduleNames, modules, type Module } from '#contracts/modules';
import type { Scope } from '#domain/identity';
import { views, type ViewName } from '../catalogue/views/views.ts';
import type { Passed } from './gate.ts';
import { notPermitted } from './refusal.ts';
import { seenModules, type Sight } from './sight.ts';

/**
 * Denied is not empty. Throws `warehouse.view_not_permitted` when the asker may read nothing of a view, or names a module
 * of which no row would come.
 */
export function requireRights(scope: Scope, sight: Sight, { views: asked, texts }: Passed): void {
  if (sight.nameless) throw notPermitted(namesNeeded(scope));
  for (const name of asked) {
    const denied = whyDenied(scope, sight, name);
    if (denied !== null) throw notPermitted(denied);
    const { needs, byModule } = views[name];
    const readable = modulesOf(sight, name);
    const hidden = byModule
      ? modules.find((module) => !readable.includes(module) && isNamed(module, texts))
      : undefined;
    if (hidden !== undefined) {
      const right = `You need the right to ${needs} ${moduleNames[hidden]} (${needs}) to read its ${name}`;
      throw notPermitted(`${right}; ${whoAsks(scope)}.`);
    }
  }
}

/** Why nothing of the view may be read, naming the missing right; null: something may. */
export function whyDenied(scope: Scope, sight: Sight, name: ViewName): string | null {
  if (sight.nameless) return namesNeeded(scope);
  const { needs, personal } = views[name];
  if (!personal && sight.ownEmployeeId !== null) {
    return `${name} counts people of a place; ${whoAsks(scope)}. Ask people, flags, flag_changes or events.`;
  }
  if (modulesOf(sight, name).length > 0) return null;
  return `You need the right to ${needs} any compliance module (${needs}) to read ${name}; ${whoAsks(scope)}.`;
}

/** A count of few people tells who they are, and SQL can count any few. */
const namesNeeded = (scope: Scope): string =>
  `Answers in SQL can tell who somebody is, and you see people without names; ${whoAsks(scope)}.`;

function modulesOf(sight: Sight, name: ViewName): readonly Module[] {
  return views[name].needs === 'view' ? sight.full : seenModules(sight);
}

/** A convenience for the asker alone: rows of a module that is not seen are left out whatever the text says. */
const isNamed = (module: Module, texts: readonly string[]): boolean =>
  texts.some((text) => text.includes(`'${module}'`));

function whoAsks({ role, ownEmployeeId }: Scope): string {
  if (ownEmployeeId !== null) return 'you see your own record only';
  return role === null ? 'you have no role here' : `your role is ${role}`;
}

/** What the scope leaves out of an answer over these views, for the asker; null when nothing. */
export function wordsOfScope(sight: Sight, asked: readonly ViewName[]): string | null {
  if (asked.length === 0) return null;
  const parts = [whose(sight), ...missing(sight, asked), sight.nameless ? 'without names' : null];
  const said = parts.filter((part) => part !== null);
  return said.length === 0 ? null : `Limited to your scope: ${said.join('; ')}.`;
}

function whose(sight: Sight): string | null {
  if (sight.ownEmployeeId !== null) return 'your own record';
  if (sight.everyone) return null;
  const divisions = counted(sight.divisionIds.length, 'division');
  const places = [divisions, counted(sight.locationIds.length, 'location')].filter((part) => part !== '');
  return places.length === 0
    ? 'nobody, since no place is assigned to you'
    : `people of your ${places.join(' and ')}`;
}

const counted = (number: number, what: string): string =>
  number === 0 ? '' : `${number} ${what}${number === 1 ? '' : 's'}`;

const named = (list: readonly Module[]): string => list.map((module) => moduleNames[module]).join(', ');

function missing(sight: Sight, asked: readonly ViewName[]): string[] {
  const byModule = asked.filter((name) => views[name].byModule);
  if (byModule.length === 0) return [];
  const onlyFull = byModule.some((name) => views[name].needs === 'view');
  const absent = modules.filter((module) => !(onlyFull ? sight.full : seenModules(sight)).includes(module));
  const colours = sight.status.filter((module) => !absent.includes(module));
  return [
    ...(absent.length > 0 ? [`without ${named(absent)}${onlyFull ? ' events' : ''}`] : []),
    ...(colours.length > 0 ? [`colours without reasons for ${named(colours)}`] : []),
  ];
}

import { modules } from '#contracts/modules';
import { areas, type Area } from '#contracts/roles';
import type { Handles } from './known.ts';
import { lettersOf, type Letter } from './role-table.ts';
import type { Asker } from './viewers.ts';

/** What the product asks of whoever calls: one of the letters in the area, or in any of the six modules. */
export type Need =
  | 'nothing'
  | 'session'
  | 'own record'
  /** How the whole platform runs: for the role that oversees every company. */
  | 'operations'
  | { readonly letters: readonly Letter[]; readonly in: Area | 'any module' };

export interface Expectation {
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly need: Need;
  /**
   * Code with which somebody who is let in is told which right the thing itself asks for: only who may see it is told.
   */
  readonly deniedAs?: string;
  /** Requests that touch the things of a company: of one's own, and of another. */
  inputs(of: Handles): readonly unknown[];
}

export function mayAsk({ role }: Asker, need: Need): boolean {
  if (need === 'nothing') return true;
  if (role === undefined) return false;
  if (need === 'session') return true;
  if (need === 'own record') return role === null;
  if (need === 'operations') return role === 'ComplianceManager';
  // A field worker sees and only sees, and only their own record.
  if (role === null) return (need.in === 'any module' || isModule(need.in)) && need.letters.includes('V');
  const asked = need.in === 'any module' ? areas.filter((area) => isModule(area)) : [need.in];
  return asked.some((area) => need.letters.some((letter) => lettersOf(role, area).includes(letter)));
}

const isModule = (area: Area): boolean => (modules as readonly string[]).includes(area);

export const sight: Need = { letters: ['V', 'S', 'D'], in: 'any module' };
/** Whoever sees people by name: not the de-identified. */
export const naming: Need = { letters: ['V', 'S'], in: 'any module' };
export const reading: Need = { letters: ['V'], in: 'any module' };
export const change: Need = { letters: ['W'], in: 'any module' };
/** D is "view and export, de-identified only", and the list goes out without names. */
export const carryOut: Need = { letters: ['X', 'D'], in: 'any module' };
/** A part in what two people do together: whoever may export or approve anything. */
export const dualControl: Need = { letters: ['X', 'A'], in: 'any module' };
export const administer = (letter: Letter): Need => ({ letters: [letter], in: 'administration' });

export const query = (need: Need, inputs: Expectation['inputs'] = () => [undefined]): Expectation => ({
  kind: 'query',
  need,
  inputs,
});

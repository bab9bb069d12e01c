import { flagWords } from '#contracts/flags';
import { moduleNames } from '#contracts/modules';
import type { Grounded } from '../grounding/ground.ts';
import { statesByName } from '../reading/states.ts';

/** Which people, modules and time an answer is about, said back: an answer must tell what it understood. */
export function about({ reading, places }: Grounded, { time = true } = {}): string {
  const where = places.filter(({ kind }) => kind !== 'job_role').map(({ name }) => name);
  const roles = places.filter(({ kind }) => kind === 'job_role').map(({ name }) => name);
  const parts = [
    reading.modules.length === 0 ? '' : ` in ${joined(reading.modules.map((module) => moduleNames[module]))}`,
    roles.length === 0 ? '' : ` among ${joined(roles)}`,
    where.length === 0 ? '' : ` at ${joined(where)}`,
    reading.states.length === 0 ? '' : ` in ${joined(reading.states.map(stateName))}`,
    reading.phases.length === 0 ? '' : ` (${joined(reading.phases)})`,
    time && reading.span !== null ? ` ${reading.span.words}` : '',
  ];
  return parts.join('');
}

export const joined = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;

function stateName(code: string): string {
  const name = Object.entries(statesByName).find(([, each]) => each === code)?.[0] ?? code;
  return name.replaceAll(/\b\p{L}/gu, (letter) => letter.toUpperCase());
}

/** `red (non-compliant)`. */
export function colourName(colour: string): string {
  return colour in flagWords
    ? `${colour} (${flagWords[colour as keyof typeof flagWords].toLowerCase()})`
    : colour;
}

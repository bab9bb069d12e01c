import { aggregateFunctionNames, plainFunctionNames } from './function-names.ts';

/** Suffixes of aggregate functions. Not among them: those that make or read states, and Resample, which makes rows. */
const combinators = ['If', 'Array', 'Distinct', 'OrNull', 'OrDefault', 'ForEach', 'ArgMax', 'ArgMin', 'Map'];

/** Whether guarded SQL may call the function, in any case of letters; the engine decides whether there is one. */
export function isAllowedFunction(name: string): boolean {
  return plainFunctionNames.has(name.toLowerCase()) || isAggregate(name);
}

function isAggregate(name: string): boolean {
  if (aggregateFunctionNames.has(name.toLowerCase())) return true;
  const suffix = combinators.find((each) => name.length > each.length && name.endsWith(each));
  return suffix !== undefined && isAggregate(name.slice(0, -suffix.length));
}

/** Functions whose second or last argument is the name of a type. */
export const typeTakers: ReadonlySet<string> = new Set([
  'cast',
  'accuratecast',
  'accuratecastornull',
  'accuratecastordefault',
  'jsonextract',
  'jsonextractcaseinsensitive',
  'jsonextractkeysandvalues',
  'jsonextractkeysandvaluescaseinsensitive',
]);

/** Types whose values are read by code that trusts them, or whose schema is made at run time. */
const deepTypes = /aggregate|function|dynamic|variant|object|json|nested|nothing|qbit/i;

/** Types that a text may be turned into. Words in quotes are values of an enumeration or a time zone. */
export function isPlainType(type: string): boolean {
  return type.length <= 300 && /^[\w ,=()'.:/+-]+$/.test(type) && !deepTypes.test(type);
}

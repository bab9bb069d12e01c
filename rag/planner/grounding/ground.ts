import type { Scope } from '#domain/identity';
import type { Guard } from '#warehouse';
import { readQuestion, type Reading } from '../reading/read.ts';
import { leftOf, wordsOf, type Marked, type Word } from '../reading/words.ts';
import { quote } from '../sql.ts';

/** What a question names that only the company's own data knows. */
export interface Place {
  readonly kind: 'division' | 'location' | 'job_role';
  readonly name: string;
}

export interface NamedPerson {
  readonly employeeId: string;
  readonly name: string;
  readonly location: string;
  readonly jobRole: string;
}

export interface Grounded {
  readonly scope: Scope;
  readonly reading: Reading;
  readonly nowMs: number;
  readonly places: readonly Place[];
  /** Locations in the States named; null when no State was named. */
  readonly locationIds: readonly string[] | null;
  /** Best matches of the words left; several = it is not clear who is meant. */
  readonly people: readonly NamedPerson[];
  /** Words of the question by which they were found. */
  readonly namedBy: readonly string[];
  /** Words that nothing understood. */
  readonly unknown: readonly string[];
}

export interface GroundDeps {
  readonly guard: Pick<Guard, 'runGuarded'>;
  /** State of each location of the company by its id, `TX`; a location may be missing. */
  readonly statesOf: (scope: Scope) => Promise<ReadonlyMap<string, string>>;
}

export interface GroundAsk {
  readonly scope: Scope;
  readonly question: string;
  readonly nowMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Reads a question with the names that the asker sees: places and people come from guarded questions, so nobody is found
 * whom the asker may not see. Errors as of the guard.
 */
export async function ground(deps: GroundDeps, ask: GroundAsk): Promise<Grounded> {
  const { scope, question, nowMs } = ask;
  const run = async (sql: string): Promise<string[][]> => {
    const signal = ask.signal === undefined ? {} : { signal: ask.signal };
    const { rows } = await deps.guard.runGuarded({
      scope,
      sql,
      question: `Names in: ${question}`,
      ...signal,
    });
    return rows.map((row) => row.map((cell) => (typeof cell === 'string' ? cell : '')));
  };
  const seen = await run('SELECT DISTINCT division, location, location_id, job_role FROM people');
  const places: Place[] = [];
  const reading = readQuestion(question, nowMs, (marked, long) =>
    places.push(...takePlaces(marked, seen, long)),
  );
  const locationIds =
    reading.states.length === 0 ? null : await locationsIn(deps, scope, seen, reading.states);
  const { people, namedBy } = await findPeople(run, reading);
  const named = new Set(namedBy);
  const unknown = leftOf(reading.marked).filter(({ plain }) => !named.has(plain));
  return {
    scope,
    reading,
    nowMs,
    places,
    locationIds,
    people,
    namedBy,
    unknown: unknown.map(({ written }) => written),
  };
}

const kinds = [
  ['division', 0],
  ['location', 1],
  ['job_role', 3],
] as const;

/** Names that stand in the question, a plural of the last word included. `Laredo, TX` is also called Laredo. */
function takePlaces(marked: Marked, seen: readonly (readonly string[])[], long: boolean): Place[] {
  const known = kinds.flatMap(([kind, at]) =>
    [...new Set(seen.map((row) => row[at] ?? ''))].flatMap((name) =>
      [name, name.split(',')[0] ?? '', ...(kind === 'job_role' ? [name.split(' ').at(-1) ?? ''] : [])].map(
        (called) => ({
          kind,
          name,
          parts: wordsOf(called).map(({ plain }) => plain),
        }),
      ),
    ),
  );
  const wanted = known
    .filter(({ parts }) => (long ? parts.length > 1 : parts.length === 1))
    .toSorted((a, b) => b.parts.length - a.parts.length);
  const found: Place[] = [];
  for (const { kind, parts } of wanted) {
    const at = placeIn(marked, parts);
    if (at === -1) continue;
    parts.forEach((_, by) => (marked.taken[at + by] = true));
    // "Drivers" are all whose job is called so.
    const same = wanted.filter((other) => other.kind === kind && other.parts.join(' ') === parts.join(' '));
    found.push(...[...new Set(same.map(({ name }) => name))].map((name) => ({ kind, name })));
  }
  return found;
}

function placeIn({ words, taken }: Marked, parts: readonly string[]): number {
  return words.findIndex((_, at) =>
    parts.every((part, by) => {
      const said = words[at + by]?.plain;
      const isLast = by === parts.length - 1;
      return (
        taken[at + by] !== true &&
        (said === part || (isLast && (said === `${part}s` || `${said ?? ''}s` === part)))
      );
    }),
  );
}

async function locationsIn(
  { statesOf }: GroundDeps,
  scope: Scope,
  seen: readonly (readonly string[])[],
  states: readonly string[],
): Promise<string[]> {
  const known = await statesOf(scope);
  const inState = seen.flatMap(([, name = '', id = '']) => {
    const state = known.get(id) ?? /,\s*([A-Z]{2})$/.exec(name)?.[1];
    return state !== undefined && states.includes(state) ? [id] : [];
  });
  return [...new Set(inState)];
}

/** At most so many of one first name are compared. */
const mostPeople = 500;

async function findPeople(
  run: (sql: string) => Promise<string[][]>,
  { employeeIds, marked }: Reading,
): Promise<Pick<Grounded, 'people' | 'namedBy'>> {
  const columns = 'SELECT employee_id, name, location, job_role FROM people';
  if (employeeIds.length > 0) {
    const rows = await run(`${columns} WHERE employee_id IN (${employeeIds.map(quote).join(', ')})`);
    // The name beside the id says nothing more.
    return { people: rows.map(personOf), namedBy: leftOf(marked).map(({ plain }) => plain) };
  }
  const words = leftOf(marked)
    .filter(couldBeName)
    .map(({ plain }) => plain);
  if (words.length === 0) return { people: [], namedBy: [] };
  const rows = await run(
    `${columns} WHERE hasAny(splitByChar(' ', lowerUTF8(name)), [${words.map(quote).join(', ')}]) ORDER BY name LIMIT ${mostPeople}`,
  );
  return bestOf(rows.map(personOf), words);
}

const couldBeName = ({ plain }: Word): boolean => plain.length > 1 && /^[\p{L}'.-]+$/u.test(plain);

function bestOf(
  people: readonly NamedPerson[],
  words: readonly string[],
): Pick<Grounded, 'people' | 'namedBy'> {
  const scored = people.map((person) => {
    const parts = person.name.toLowerCase().split(' ');
    return { person, hits: words.filter((word) => parts.includes(word)) };
  });
  const most = Math.max(0, ...scored.map(({ hits }) => hits.length));
  const best = scored.filter(({ hits }) => hits.length === most && most > 0);
  return {
    people: best.map(({ person }) => person),
    namedBy: [...new Set(best.flatMap(({ hits }) => hits))],
  };
}

const personOf = ([
  employeeId = '',
  name = '',
  location = '',
  jobRole = '',
]: readonly string[]): NamedPerson => ({
  employeeId,
  name,
  location,
  jobRole,
});

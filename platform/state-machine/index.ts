/**
 * Total state machines as data. Each cell of the table is one of
 * - a state: go there;
 * - `=` stay, the event is a duplicate, late or harmless;
 * - `?` stay, a person must look;
 * - `!name` refused for the named reason;
 * - `@name` decided by facts: the caller gives a function of that name.
 */
type Cell<S extends string, R extends string, C extends string> = S | '=' | '?' | `!${R}` | `@${C}`;

export interface Machine<S extends string, E extends string, R extends string, C extends string> {
  readonly transitions: Readonly<Record<S, Readonly<Record<E, Cell<S, R, C>>>>>;
  /** What a refused caller is told. */
  readonly refusals: Readonly<Record<R, string>>;
}

export type Step<S extends string> =
  | { state: S; outcome: 'applied' | 'duplicate' }
  | { state: S; outcome: { refused: string } }
  | { state: S; outcome: { review: string } };

/** A choice answers with a cell that is itself not a choice. */
export type Choices<S extends string, R extends string, C extends string> = Readonly<
  Record<C, () => Cell<S, R, never>>
>;

/** One step. Never throws: every (state, event) has a cell. */
export function step<S extends string, E extends string, R extends string, C extends string>(
  machine: Machine<S, E, R, C>,
  state: S,
  event: E,
  choices: Choices<S, R, C>,
): Step<S> {
  const cell = machine.transitions[state][event];
  if (cell.startsWith('@')) {
    const chosen = choices[cell.slice(1) as C]();
    return settle(machine.refusals, state, event, chosen);
  }
  return settle(machine.refusals, state, event, cell as Cell<S, R, never>);
}

function settle<S extends string, R extends string>(
  refusals: Readonly<Record<R, string>>,
  state: S,
  event: string,
  cell: Cell<S, R, never>,
): Step<S> {
  if (cell === '=') return { state, outcome: 'duplicate' };
  if (cell === '?') return { state, outcome: { review: `${event} while ${state}` } };
  if (cell.startsWith('!')) return { state, outcome: { refused: refusals[cell.slice(1) as R] } };
  return { state: cell as S, outcome: 'applied' };
}

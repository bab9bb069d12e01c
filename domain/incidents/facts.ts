import type { Id } from '#contracts/ids';

interface FactOfUser {
  /** Names the fact, whenever it is read. */
  readonly key: string;
  readonly at: string;
  readonly userId: string;
  readonly userName: string;
  readonly ip: string | null;
  readonly auditEntryId: Id<'auditEntry'> | null;
}

export interface SignIn extends FactOfUser {
  readonly outcome: 'succeeded' | 'failed' | 'locked';
  /** What the browser says it is, as the sign-in recorded it; null when it recorded none. */
  readonly device: string | null;
}

/** A right was given, changed or taken. */
export interface PrivilegeChange extends FactOfUser {
  readonly act: string;
  readonly of: string;
  /** Null = no role of administration. */
  readonly privilegedRole: string | null;
}

/** Records of people handed to one user in one minute. */
export interface Reading extends FactOfUser {
  readonly how: 'opened' | 'exported';
  readonly people: number;
}

/** Refusals of one kind to one user in one minute. */
export interface Denial extends FactOfUser {
  /** What was asked for: the procedure. */
  readonly what: string;
  readonly count: number;
}

/** Where one user signed in before, and on what. */
export interface KnownNetworks {
  readonly networks: ReadonlySet<string>;
  readonly devices: ReadonlySet<string>;
  /** Successful sign-ins that these come from. */
  readonly signIns: number;
}

/** All that the detectors look at: one company, the longest window of the thresholds. Each list in the order of time. */
export interface Facts {
  readonly signIns: readonly SignIn[];
  readonly privilegeChanges: readonly PrivilegeChange[];
  readonly readings: readonly Reading[];
  readonly denials: readonly Denial[];
  /** By user, before the first of `signIns`. */
  readonly known: ReadonlyMap<string, KnownNetworks>;
  /** Users who administer. */
  readonly administrators: ReadonlySet<string>;
}

/** Where an address is, from a map of addresses; null = not known. */
export type Locate = (
  ip: string,
) => { readonly latitude: number; readonly longitude: number; readonly place: string } | null;

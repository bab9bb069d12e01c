import { Temporal } from 'temporal-polyfill';
import type { FlagColour } from '#contracts/flags';
import type { Module } from '#contracts/modules';
import type { PersonFacts } from '#contracts/person-facts';
import { compilePack, evaluate, type PackDefinition, type PackOverrides, type Sources } from '#domain/flags';

/** The packs' test vectors: people and verdicts in the short form of the worked examples. */

/** An active person of one long period in America/Chicago, with nothing required. */
export function vectorPerson(over: Partial<PersonFacts> = {}): PersonFacts {
  return {
    employeeId: 'emp_00000000000000000000000001' as PersonFacts['employeeId'],
    tenantId: 'ten_00000000000000000000000001' as PersonFacts['tenantId'],
    phase: 'active',
    periods: [{ from: '2021-02-01', to: null }],
    returnOn: null,
    birthDate: '1985-05-05',
    zone: 'America/Chicago',
    safetySensitiveFirstAt: '2021-02-01T14:00:00.000Z',
    jurisdiction: null,
    requirements: {},
    ...over,
  };
}

/** Milliseconds of a wall-clock time in the person's zone: `at('2026-03-15T23:30')`. */
export function at(local: string, zone = 'America/Chicago'): number {
  return Temporal.PlainDateTime.from(local).toZonedDateTime(zone).epochMilliseconds;
}

export interface Verdict {
  /** `R!`, `Y`, `G`, `S`, `-`. */
  flag: string;
  /** Rule ids, gravest first. */
  rules: string[];
  /** `2026-03-16T05:00Z R!`, or null. */
  next: string | null;
}

const letters: Record<FlagColour, string> = { red: 'R', stale: 'S', yellow: 'Y', green: 'G', none: '-' };

const code = (flag: FlagColour | null, hold: boolean | null): string =>
  flag === null ? '?' : `${letters[flag]}${hold ? '!' : ''}`;

export interface VectorInput<R> {
  pack: PackDefinition<R>;
  record: R | null;
  person: PersonFacts;
  atMs: number;
  sources?: Sources;
  otherFlags?: Partial<Record<Module, { flag: FlagColour; hold: boolean }>>;
  overrides?: PackOverrides;
  backfillUntilMs?: number;
}

export function evaluateVector<R>(input: VectorInput<R>) {
  const { pack, overrides, backfillUntilMs, ...rest } = input;
  return evaluate({
    sources: {},
    otherFlags: {},
    backfillUntilMs: backfillUntilMs ?? null,
    ...rest,
    pack: compilePack(pack, overrides),
  });
}

/** The decision everybody sees, in the short form of the worked examples. */
export function verdict<R>(input: VectorInput<R>): Verdict {
  const { general } = evaluateVector(input);
  const next =
    general.nextChangeAt === null
      ? null
      : `${general.nextChangeAt.slice(0, 16)}Z ${code(general.nextFlag, general.nextHold)}`;
  return {
    flag: code(general.flag, general.hold),
    rules: general.reasons.map((reason) => reason.ruleId),
    next,
  };
}

import { Temporal } from 'temporal-polyfill';
import type { ComplianceEvent, EventModule } from '#contracts/compliance-event';
import type { FlagColour } from '#contracts/flags';
import type { Module } from '#contracts/modules';
import type { PersonFacts } from '#contracts/person-facts';
import { evaluate } from '../evaluate.ts';
import { compilePack, type PackDefinition } from '../pack.ts';
import type { PackOverrides } from '../overrides.ts';
import type { Sources } from '../sources.ts';

/** Support of the packs' test vectors: people, events and verdicts in short form. Not for production code. */

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

export type MakeEvent = (
  type: string,
  subjectRef: string,
  occurredAt: string,
  payload: Record<string, unknown>,
  over?: Partial<ComplianceEvent>,
) => ComplianceEvent;

/** A maker of events of one module; ids count up, a date alone means 15:00 UTC of that day. */
export function eventMaker(module: EventModule): MakeEvent {
  let count = 0;
  return (type, subjectRef, occurredAt, payload, over = {}) => {
    count += 1;
    const at = occurredAt.length === 10 ? `${occurredAt}T15:00:00.000Z` : occurredAt;
    return {
      id: `evt_${String(count).padStart(26, '0')}`,
      schemaVersion: 1,
      tenantId: 'ten_00000000000000000000000001',
      employeeId: 'emp_00000000000000000000000001',
      module,
      type,
      subjectRef,
      occurredAt: at,
      receivedAt: at,
      version: 0,
      source: { vendor: 'csv', endpointId: null, dedupeKey: `d${count}`, rawRef: null },
      payload,
      review: null,
      ...over,
    } as ComplianceEvent;
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

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ComplianceEvent, EventModule } from '#contracts/compliance-event';
import type { PersonFacts } from '#contracts/person-facts';
import { dotFold } from '#domain/dot';
import { geofenceFold } from '#domain/geofence';
import { healthFold } from '#domain/health';
import { trainingFold } from '#domain/training';
import { eventMaker } from '../../../tests/support/module-events.ts';
import { evaluateVector, vectorPerson } from '../../../tests/support/rule-vectors.ts';
import type { PackDefinition } from '../pack.ts';
import { dotPack } from './dot/index.ts';
import { geofencePack } from './geofence/index.ts';
import { healthPack } from './health/index.ts';
import { trainingPack } from './training/index.ts';

/** What happens on a day, as [type, subject, payload]. */
type Happening = (on: string) => [string, string, Record<string, unknown>];

const dayMs = 86_400_000;
const firstMs = Date.parse('2024-01-01T15:00:00Z');
const dateOn = (day: number) => new Date(firstMs + day * dayMs).toISOString().slice(0, 10);
const instantOn = (on: string) => `${on}T15:00:00.000Z`;
const yearsLater = (on: string, years: number) => `${Number(on.slice(0, 4)) + years}${on.slice(4, 8)}15`;

const dotHappenings: Happening[] = [
  (on) => [
    'medical.certificate_recorded',
    `med-${on}`,
    {
      examOn: on,
      issuedOn: on,
      expiresOn: yearsLater(on, 1),
      basis: 'standard',
      result: 'qualified',
      varianceTo: null,
      from: 'paper',
      examinerOnRegistry: true,
    },
  ],
  (on) => ['cdlis.status_read', 'cdlis', { status: 'not_certified', readOn: on }],
  (on) => ['query.result_reported', `q-${on}`, { outcome: 'not_prohibited', reportedAt: instantOn(on) }],
  (on) => ['query.result_reported', `q-${on}`, { outcome: 'limited_hit', reportedAt: instantOn(on) }],
  (on) => ['review.recorded', 'r', { on, reviewer: 'R' }],
  (on) => [
    'licence.reported',
    'licence:TX',
    {
      state: 'TX',
      numberLast4: null,
      kind: 'cdl',
      licenceClass: 'A',
      endorsements: [],
      restrictions: [],
      status: 'valid',
      privilegeToDrive: 'valid',
      issuedOn: on,
      expiresOn: yearsLater(on, 2),
      actions: [{ kind: 'suspension', code: null, from: on, endedOn: yearsLater(on, 1) }],
      readOn: on,
      via: 'mvr',
    },
  ],
];
const healthHappenings: Happening[] = [
  (on) => ['fit_test.recorded', 'f', { on, facepiece: 'M', method: 'qualitative', passed: true }],
  (on) => ['audiogram.offered', 'a', { offeredOn: on }],
  (on) => ['blood_lead.recorded', 'b', { sampledOn: on, receivedOn: on, ugPerDl: 52, kind: 'periodic' }],
  (on) => ['blood_lead.recorded', 'b', { sampledOn: on, receivedOn: on, ugPerDl: 20, kind: 'periodic' }],
  (on) => ['exam.scheduled', `x-${on}`, { program: 'general', scheduledOn: on }],
  (on) => [
    'exam.completed',
    `x-${on}`,
    { program: 'respirator', examOn: on, outcome: 'cleared', restrictions: [], nextBy: null },
  ],
];
const trainingHappenings: Happening[] = ['hazmat', 'bloodborne', 'scaffold', 'conduct'].map(
  (item) => (on) => [
    'completion.recorded',
    `${item}-${on}`,
    { item, completedOn: on, hours: 8, fieldDays: 1, passed: true, tested: true },
  ],
);
const zone = {
  id: 'z',
  name: 'Z',
  shape: { kind: 'circle', lat: 41, lon: -93, radiusM: 200 },
  timeZone: 'America/Denver',
  requirements: ['dot'],
  minAgeYears: 18,
};
const geofenceHappenings: Happening[] = [true, false].map((inside) => (on) => [
  'check_in.attempted',
  `v-${on}`,
  {
    zoneId: 'z',
    zone,
    fix: {
      lat: inside ? 41 : 41.1,
      lon: -93,
      accM: 9,
      fixAt: instantOn(on),
      receivedAt: instantOn(on),
      mock: false,
    },
    qr: null,
    deviceForged: false,
    shift: { startAt: `${on}T17:00:00.000Z`, endAt: `${on}T23:00:00.000Z` },
    requirements: [],
  },
]);

/** A file that is complete, so that one missing paper does not hide every other row. */
const driverFile: Happening[] = [
  ...['application', 'road_test'].flatMap((documentKind): Happening[] => [
    (on) => ['document.uploaded', documentKind, { documentKind, uploadedAt: instantOn(on) }],
    () => ['document.read', documentKind, { documentKind, confidence: 1 }],
    (on) => [
      'document.verified',
      documentKind,
      { documentKind, on, expiresOn: null, verifiedBy: 'u', roadTestBasis: 'test' },
    ],
  ]),
  ...['safety', 'drug_alcohol'].map((kind): Happening => (on) => [
    'history.recorded',
    kind,
    { kind, outcome: 'received', on, employer: null },
  ]),
  (on) => ['cdlis.status_read', 'cdlis', { status: 'certified', readOn: on }],
];
const fitWorker: Happening[] = [
  healthHappenings[0],
  healthHappenings[5],
  ...['asbestos', 'silica'].map((program): Happening => (on) => [
    'exam.completed',
    program,
    { program, examOn: on, outcome: 'cleared', restrictions: [], nextBy: null },
  ]),
].filter((happening) => happening !== undefined);

interface Subject {
  /** What happened on the first day, before anything drawn. */
  before: Happening[];
  module: EventModule;
  pack: PackDefinition<unknown>;
  fold: (events: readonly ComplianceEvent[]) => unknown;
  happenings: Happening[];
  person: PersonFacts;
}
const needs = [
  { item: 'hazmat', basis: 'law' as const, beforeWork: true, intervalMonths: null, from: '2024-02-01' },
  { item: 'bloodborne', basis: 'law' as const, beforeWork: false, intervalMonths: null, from: '2024-02-01' },
  { item: 'scaffold', basis: 'law' as const, beforeWork: true, intervalMonths: 24, from: '2024-02-01' },
  { item: 'conduct', basis: 'policy' as const, beforeWork: false, intervalMonths: 12, from: '2024-02-01' },
];
const exposure = {
  sector: 'construction' as const,
  from: '2024-02-01',
  to: '2026-06-30',
  level: 90,
  daysPerYear: 90,
  respiratorDays: 60,
  facepiece: 'M',
};
const subjects: Subject[] = [
  {
    module: 'dot',
    pack: dotPack,
    fold: dotFold.fold,
    before: [...driverFile, ...dotHappenings.filter((_, index) => index !== 1 && index !== 3 && index !== 5)],
    happenings: dotHappenings,
    person: vectorPerson({
      requirements: { dot: { class: 'CI', intracityZone: false } },
      birthDate: '2003-08-09',
    }),
  },
  {
    module: 'health',
    pack: healthPack,
    fold: healthFold.fold,
    before: fitWorker,
    happenings: healthHappenings,
    person: vectorPerson({
      requirements: {
        health: {
          exposures: ['lead', 'noise', 'asbestos', 'silica'].map((agent) => ({ ...exposure, agent })),
        },
      },
    }),
  },
  {
    module: 'training',
    pack: trainingPack,
    fold: trainingFold.fold,
    before: trainingHappenings,
    happenings: trainingHappenings,
    person: vectorPerson({ requirements: { training: { needs } } }),
  },
  {
    module: 'geofence',
    pack: geofencePack,
    fold: geofenceFold.fold,
    before: [],
    happenings: geofenceHappenings,
    person: vectorPerson({ requirements: { geofence: { zoneIds: ['z'] } }, birthDate: '2006-01-20' }),
  },
];

describe.each(subjects)('$module', ({ module, pack, fold, before, happenings, person }) => {
  const drawn = fc.array(fc.record({ happening: fc.constantFrom(...happenings), day: fc.nat(800) }), {
    maxLength: 7,
  });

  test('the told change comes at its very millisecond, and nothing changes before it', () => {
    const property = fc.property(
      drawn,
      fc.nat(1000),
      fc.nat(86_399_999),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (list, day, ms, share) => {
        const make = eventMaker(module);
        const drawnEvents = list.map(({ happening, day: on }) =>
          make(...placed(happening(dateOn(on)), dateOn(on))),
        );
        const record = fold([
          ...before.map((happening) => make(...placed(happening(dateOn(0)), dateOn(0)))),
          ...drawnEvents,
        ]);
        const look = (atMs: number) => evaluateVector({ pack, record, person, atMs }).general;
        const colour = (atMs: number) => {
          const { flag, hold } = look(atMs);
          return { flag, hold };
        };
        // Half of the looks fall on the day of the last happening: there the short clocks run.
        const lookDay = day % 2 === 0 ? Math.max(0, ...list.map((drawnOne) => drawnOne.day)) : day;
        const atMs = firstMs + lookDay * dayMs + ms;
        const now = look(atMs);
        const here = { flag: now.flag, hold: now.hold };
        if (now.nextChangeAt === null) {
          expect(colour(Math.floor(atMs + share * 2000 * dayMs))).toEqual(here);
          return;
        }
        const thenMs = Date.parse(now.nextChangeAt);
        expect(thenMs).toBeGreaterThan(atMs);
        expect(colour(thenMs)).toEqual({ flag: now.nextFlag, hold: now.nextHold });
        expect({ flag: now.nextFlag, hold: now.nextHold }).not.toEqual(here);
        expect(colour(thenMs - 1)).toEqual(here);
        expect(colour(Math.floor(atMs + share * (thenMs - 1 - atMs)))).toEqual(here);
      },
    );
    fc.assert(property, { numRuns: 150 });
  });
});

function placed(
  [type, subject, payload]: [string, string, Record<string, unknown>],
  on: string,
): [string, string, string, Record<string, unknown>] {
  return [type, subject, on, payload];
}

import type { DotPayload } from '#contracts/events/dot';
import type { GeofencePayload } from '#contracts/events/geofence';
import type { TrainingPayload } from '#contracts/events/training';
import type { DemoLocation } from '../company.ts';
import { dateOf, monthsLater } from '../history-plan.ts';
import { yardOf } from '../history-work.ts';
import { requirementsOf, secondMs, type Story, type StoryInput } from './story.ts';
import { standardEvent } from './vendors.ts';
import type { Message } from './wire.ts';

/** An LMS reports a passed course; one in twenty fails. */
export const courseFinished: Story = (input) => {
  const needs = requirementsOf(input).training?.needs ?? [];
  if (needs.length === 0) return [];
  const { item } = input.dice.pick(needs);
  const passed = !input.dice.chance(0.05);
  return [
    {
      afterMs: 0,
      make: (atMs) => {
        const payload: TrainingPayload<'completion.recorded'> = {
          item,
          completedOn: dateOf(atMs),
          hours: item.startsWith('hazwoper') ? 8 : 2,
          fieldDays: null,
          passed,
          tested: true,
        };
        const event = {
          id: `lms-${input.key}`,
          module: 'training' as const,
          type: 'completion.recorded',
          subjectRef: `${input.person.number}:${item}:${input.key}`,
          payload,
        };
        return standardEvent(input.person, event, atMs);
      },
    },
  ];
};

/** A driver renews the medical certificate; now and then the MVR monitor reports a suspension and later its end. */
export const driverPapers: Story = (input) => {
  const { dice, person, company, key } = input;
  if (!requirementsOf(input).dot) return [];
  const state = company.locations.find((place) => place.ref === person.locationRef)?.state ?? 'TX';
  const licence = (status: 'valid' | 'suspended', part: string) => (atMs: number) => {
    const payload: DotPayload<'licence.reported'> = {
      state,
      numberLast4: person.number.slice(-4),
      kind: 'cdl',
      licenceClass: 'A',
      endorsements: person.jobRoleRef === 'tank_driver' ? ['N', 'H'] : [],
      restrictions: [],
      status,
      privilegeToDrive: status === 'valid' ? 'valid' : 'invalid',
      issuedOn: dateOf(atMs - 4 * 365 * 86_400_000),
      expiresOn: dateOf(monthsLater(atMs, 30)),
      actions: [],
      readOn: dateOf(atMs),
      via: 'monitor',
    };
    const subjectRef = `licence:${state}:${person.number.slice(-4)}`;
    return standardEvent(
      person,
      { id: `mvr-${part}-${key}`, module: 'dot', type: 'licence.reported', subjectRef, payload },
      atMs,
    );
  };
  if (dice.chance(0.15)) {
    return [
      { afterMs: 0, make: licence('suspended', 'a') },
      { afterMs: dice.int(40, 160) * secondMs, make: licence('valid', 'b') },
    ];
  }
  return [
    {
      afterMs: 0,
      make: (atMs) => {
        const payload: DotPayload<'medical.certificate_recorded'> = {
          examOn: dateOf(atMs),
          issuedOn: dateOf(atMs),
          expiresOn: dateOf(monthsLater(atMs, 24)),
          basis: 'standard',
          result: 'qualified',
          varianceTo: null,
          from: 'fmcsa',
          examinerOnRegistry: true,
        };
        const event = {
          id: `med-${key}`,
          module: 'dot' as const,
          type: 'medical.certificate_recorded',
          subjectRef: `${person.number}:med-${key}`,
          payload,
        };
        return standardEvent(person, event, atMs);
      },
    },
  ];
};

function leaving({ person, key }: StoryInput, visit: string, atMs: number): Message {
  const payload: GeofencePayload<'check_out.recorded'> = { at: new Date(atMs).toISOString(), by: 'person' };
  const event = {
    id: `out-${key}`,
    module: 'geofence' as const,
    type: 'check_out.recorded',
    subjectRef: visit,
    payload,
  };
  return standardEvent(person, event, atMs);
}

type Fix = 'good' | 'poor' | 'old' | 'elsewhere';

interface Arrival {
  place: DemoLocation;
  visit: string;
  fix: Fix;
  id: string;
}

function arriving({ dice, person }: StoryInput, { place, visit, fix, id }: Arrival, atMs: number): Message {
  const zone = yardOf(place);
  const offset = fix === 'elsewhere' ? 0.02 : dice.int(-10, 10) / 10_000;
  const payload: GeofencePayload<'check_in.attempted'> = {
    zoneId: zone.id,
    zone,
    fix: {
      lat: place.lat + offset,
      lon: place.lon,
      accM: fix === 'poor' ? 260 : dice.int(4, 18),
      fixAt: new Date(atMs - (fix === 'old' ? 600_000 : 2_000)).toISOString(),
      receivedAt: new Date(atMs).toISOString(),
      mock: false,
    },
    qr: null,
    deviceForged: false,
    shift: null,
    requirements: [],
    underAge: false,
    offline: false,
  };
  const event = { id, module: 'geofence' as const, type: 'check_in.attempted', subjectRef: visit, payload };
  return standardEvent(person, event, atMs);
}

/** A person comes on site and leaves again; when the first fix is poor, old or elsewhere, they try again at the gate. */
export const siteVisit: Story = (input) => {
  const { dice, person, company, key } = input;
  const place = company.locations.find((one) => one.ref === person.locationRef);
  if (!place || !requirementsOf(input).geofence) return [];
  const visit = `visit-${key}`;
  const fix = dice.weighted<Fix>([
    ['good', 80],
    ['poor', 8],
    ['old', 5],
    ['elsewhere', 7],
  ]);
  const come = (part: string, how: Fix, afterMs: number) => ({
    afterMs,
    make: (atMs: number) => arriving(input, { place, visit, fix: how, id: `in${part}-${key}` }, atMs),
  });
  return [
    come('', fix, 0),
    ...(fix === 'good' ? [] : [come('2', 'good', dice.int(20, 50) * secondMs)]),
    { afterMs: dice.int(60, 240) * secondMs, make: (atMs) => leaving(input, visit, atMs) },
  ];
};

/** Somebody whom nobody here knows: a dead letter until a person matches them. */
export const stranger: Story = ({ key }) => [
  {
    afterMs: 0,
    make: (atMs) =>
      standardEvent(
        { number: `XX-${key}` },
        {
          id: `stranger-${key}`,
          module: 'training',
          type: 'completion.recorded',
          subjectRef: `stranger:${key}`,
          payload: {
            item: 'code_of_conduct',
            completedOn: dateOf(atMs),
            hours: 1,
            fieldDays: null,
            passed: true,
            tested: true,
          },
        },
        atMs,
      ),
  },
];

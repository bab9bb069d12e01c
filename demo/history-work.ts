import { zoneSchema, type GeofencePayload, type Zone } from '#contracts/events/geofence';
import type { HealthPayload } from '#contracts/events/health';
import type { TrainingPayload } from '#contracts/events/training';
import type { DemoLocation } from './company.ts';
import { dateOf, monthsLater, renewals, type HistoryInput, type PastEvent } from './history-plan.ts';

const dayMs = 86_400_000;

function maker(input: HistoryInput, module: PastEvent['module'], vendor: string) {
  return (type: string, ref: string, atMs: number, payload: PastEvent['payload']): PastEvent => ({
    vendor,
    module,
    type,
    subjectRef: `${input.person.number}:${ref}`,
    atMs,
    payload,
  });
}

export function healthHistory(input: HistoryInput): PastEvent[] {
  const make = maker(input, 'health', 'standard-webhooks');
  return (input.role.requirements.health?.exposures ?? []).flatMap((exposure) => {
    if (input.person.phase === 'applicant') return [];
    if (exposure.agent === 'noise') {
      return renewals(input, { months: 12, warnDays: 30, lateShare: 0.02 }).map((ms, index) => {
        const audiogram: HealthPayload<'audiogram.recorded'> = {
          on: dateOf(ms),
          baseline: index === 0,
          shiftDb: { left: index === 0 ? null : 2, right: index === 0 ? null : 3 },
          levelDb: { left: 12, right: 14 },
          retest: false,
        };
        return make('audiogram.recorded', `audiogram-${index}`, ms, audiogram);
      });
    }
    const exam: HealthPayload<'exam.completed'> = {
      program: 'respirator',
      examOn: dateOf(input.hiredMs),
      outcome: input.dice.chance(0.02) ? 'restricted' : 'cleared',
      restrictions: [],
      nextBy: null,
    };
    const fits = renewals(input, { months: 12, warnDays: 30, lateShare: 0.02 }).map((ms, index) => {
      const fit: HealthPayload<'fit_test.recorded'> = {
        on: dateOf(ms),
        facepiece: exposure.facepiece ?? 'Half-face M',
        method: 'quantitative',
        passed: true,
      };
      return make('fit_test.recorded', `fit-${index}`, ms, fit);
    });
    return [make('exam.completed', 'exam-respirator', input.hiredMs, exam), ...fits];
  });
}

function completion(item: string, ms: number): TrainingPayload<'completion.recorded'> {
  return {
    item,
    completedOn: dateOf(ms),
    hours: item === 'hazwoper_refresher' ? 8 : item === 'driver_supervisor' ? 2 : 1,
    fieldDays: null,
    passed: true,
    tested: true,
  };
}

export function trainingHistory(input: HistoryInput): PastEvent[] {
  const make = maker(input, 'training', 'standard-webhooks');
  return (input.role.requirements.training?.needs ?? []).flatMap(({ item, intervalMonths, basis }) => {
    if (input.person.phase === 'applicant') return [];
    if (item === 'crane_operator') {
      const issuedMs = renewals(input, { months: 60, warnDays: 90, lateShare: 0.01 }).at(-1) ?? input.hiredMs;
      const certificate: TrainingPayload<'certificate.verified'> = {
        item,
        issuedOn: dateOf(issuedMs),
        expiresOn: dateOf(monthsLater(issuedMs, 60)),
        verifiedBy: 'S. Hargrove',
      };
      const evaluation: TrainingPayload<'evaluation.recorded'> = {
        item,
        on: dateOf(issuedMs + dayMs),
        passed: true,
        evaluator: 'S. Hargrove',
      };
      return [
        make('certificate.uploaded', `cert-${item}`, issuedMs, {
          item,
          uploadedAt: new Date(issuedMs).toISOString(),
        }),
        make('certificate.read', `cert-${item}`, issuedMs + 60_000, {
          item,
          confidence: 0.97,
          issuedOn: certificate.issuedOn,
          expiresOn: certificate.expiresOn,
        }),
        make('certificate.verified', `cert-${item}`, issuedMs + 3_600_000, certificate),
        make('evaluation.recorded', `eval-${item}`, issuedMs + dayMs, evaluation),
      ];
    }
    const plan = {
      months: intervalMonths ?? 600,
      warnDays: 30,
      lateShare: basis === 'policy' ? 0.02 : 0.012,
    };
    return renewals(input, plan).flatMap((ms, index) => {
      if (item === 'forklift') {
        const evaluation: TrainingPayload<'evaluation.recorded'> = {
          item,
          on: dateOf(ms),
          passed: true,
          evaluator: 'S. Hargrove',
        };
        return [make('evaluation.recorded', `${item}-${index}`, ms, evaluation)];
      }
      return [make('completion.recorded', `${item}-${index}`, ms, completion(item, ms))];
    });
  });
}

/** The fenced yard of a location: a circle of 400 m around it. */
export function yardOf(location: DemoLocation): Zone {
  return zoneSchema.parse({
    id: `yard-${location.ref}`,
    name: `${location.name} terminal, yard`,
    shape: { kind: 'circle', lat: location.lat, lon: location.lon, radiusM: 400 },
    timeZone: location.zone,
    requirements: ['drug_alcohol', 'dot', 'health', 'training'],
    minAgeYears: 18,
  });
}

export function geofenceHistory(input: HistoryInput): PastEvent[] {
  if (!input.role.requirements.geofence || input.person.phase !== 'active') return [];
  const assigned: GeofencePayload<'zone.assigned'> = { zone: yardOf(input.location) };
  return [
    {
      vendor: 'app',
      module: 'geofence',
      type: 'zone.assigned',
      subjectRef: assigned.zone.id,
      atMs: input.hiredMs,
      payload: assigned,
    },
  ];
}

import type { DemoPerson } from '../../demo/company.ts';
import { yardOf } from '../../demo/history-work.ts';
import { proofHeaders, type Message } from '../../demo/simulator/wire.ts';
import { checkrReport, questStep, standardEvent, type OwnEvent } from '../../demo/simulator/vendors.ts';
import type { PlantedCompany } from './companies.ts';
import { orderedIndex, plantedPeople, recollectedIndex, wordsOf } from './planted.ts';

/** Posts a vendor's message at the company's own door. @returns the status. */
export async function deliver(
  { origin, nowMs }: { origin: string; nowMs: number },
  company: PlantedCompany,
  message: Message,
): Promise<number> {
  const endpoint = company.endpoints.get(message.vendor);
  if (!endpoint) throw new Error(`no endpoint for ${message.vendor}`);
  const response = await fetch(`${origin}/webhooks/${endpoint.id}`, {
    method: 'POST',
    headers: { 'content-type': message.contentType, ...proofHeaders(message, endpoint.secret, nowMs) },
    body: message.body,
  });
  await response.arrayBuffer();
  return response.status;
}

/**
 * What brings a row into every table of a company: facts of all modules for everybody, a stranger, a word that nobody
 * knows, an event that is not for us, and a forgery.
 */
export function lifeOf({ word }: PlantedCompany, nowMs: number): Message[] {
  const stranger = standardEvent(
    { number: `${word}stranger` },
    {
      id: `${word}-stranger`,
      module: 'training',
      type: 'completion.recorded',
      subjectRef: `${word}strange`,
      payload: failed(nowMs),
    },
    nowMs,
  );
  const nothing = {
    module: 'training' as const,
    type: 'nothing.known',
    subjectRef: `${word}nothing`,
    payload: {},
  };
  const unclear = { orderId: `${word}Q2`, kind: 'OrderResult', word: 'REVIEW HOLD', screen: 'drug' } as const;
  return [
    ...plantedPeople.flatMap(({ index }) => factsOf(word, index, nowMs)),
    stranger,
    own(word, 1, nowMs, nothing),
    questStep(asDemoPerson(word, 2), unclear, nowMs),
    { ...stranger, id: `${word}-forged`, forged: true },
  ];
}

function own(word: string, index: number, nowMs: number, event: Omit<OwnEvent, 'id'>): Message {
  const id = `${word}-${index}-${event.type}`;
  return standardEvent({ number: wordsOf(word, index).number }, { ...event, id }, nowMs);
}

const preEmployment = { dot: true, reason: 'pre_employment', kind: 'drug' };

/** One fact of each module, hardly any of them good: flags turn, with reasons and alerts. */
function factsOf(word: string, index: number, nowMs: number): Message[] {
  const say = (module: OwnEvent['module'], type: string, payload: OwnEvent['payload']) =>
    own(word, index, nowMs, { module, type, subjectRef: `${word}${module}${index}`, payload });
  const result = index === 2 ? 'partially_clear' : 'consider';
  const report = { id: `${word}rep${index}`, status: 'complete', result };
  return [
    say('dot', 'licence.reported', suspended(nowMs)),
    say('training', 'completion.recorded', failed(nowMs)),
    say('people', 'employee.updated', { profile: { zone: 'America/Denver' } }),
    ...(index === recollectedIndex
      ? [
          say('drug_alcohol', 'policy.receipt_signed', {}),
          say('drug_alcohol', 'test.mro_negative', { test: preEmployment, channel: 'mro' }),
        ]
      : [say('drug_alcohol', 'test.refusal_reported', { test: preEmployment })]),
    say('geofence', 'check_in.attempted', elsewhere(nowMs)),
    asCandidate(
      word,
      index,
      checkrReport(asDemoPerson(word, index), 'report.completed', `${word}chk${index}`, report, nowMs),
    ),
  ];
}

/** An unannounced random test: until notice it is the DER's alone. `orderWord` names it. */
export const orderWord = 'Unannouncedorder';

export function randomOrder({ word }: PlantedCompany, nowMs: number): Message {
  return standardEvent(
    { number: wordsOf(word, orderedIndex).number },
    {
      id: `${orderWord}-1`,
      module: 'drug_alcohol',
      type: 'test.ordered',
      subjectRef: `${orderWord}/drug`,
      payload: { test: { dot: true, reason: 'random', kind: 'drug' } },
    },
    nowMs,
  );
}

/** The MRO cancels a test without an explanation: it is collected again at once, and only the DER may know so. */
export function cancelledTest({ word }: PlantedCompany, nowMs: number): Message {
  const test = { dot: true, reason: 'random', kind: 'drug' };
  const payload = { test, channel: 'mro', cause: 'invalid_unexplained' };
  const about = {
    module: 'drug_alcohol' as const,
    type: 'test.mro_cancelled',
    subjectRef: `${word}cancelled`,
  };
  return own(word, recollectedIndex, nowMs, { ...about, payload });
}

function asDemoPerson(word: string, index: number): DemoPerson {
  const { candidateId: _, ...words } = wordsOf(word, index);
  const places = { divisionRef: 'North', locationRef: 'Quarry', jobRoleRef: 'rigger' };
  const dates = { birthDate: '1985-04-12', hiredOn: '2025-01-06', returnOn: null, terminatedOn: null };
  return { ...words, ...places, ...dates, phase: 'active' };
}

/** Checkr knows people by an id that the simulator makes of the number; ours are named after the company. */
function asCandidate(word: string, index: number, message: Message): Message {
  const { candidateId } = wordsOf(word, index);
  return {
    ...message,
    body: message.body.replace(/"candidate_id":"[^"]*"/, `"candidate_id":"${candidateId}"`),
  };
}

const dayOf = (nowMs: number, ahead = 0): string =>
  new Date(nowMs + ahead * 86_400_000).toISOString().slice(0, 10);

function suspended(nowMs: number): OwnEvent['payload'] {
  return {
    state: 'TX',
    numberLast4: '4711',
    kind: 'cdl',
    licenceClass: 'A',
    endorsements: [],
    restrictions: [],
    status: 'suspended',
    privilegeToDrive: 'invalid',
    issuedOn: dayOf(nowMs, -900),
    expiresOn: dayOf(nowMs, 300),
    actions: [],
    readOn: dayOf(nowMs),
    via: 'monitor',
  };
}

/** A check-in two kilometres from the yard. */
function elsewhere(nowMs: number): OwnEvent['payload'] {
  const place = { lat: 31.8457, lon: -102.3676 };
  const at = new Date(nowMs).toISOString();
  const zone = yardOf({ ref: 'odessa', name: 'Odessa', state: 'TX', zone: 'America/Chicago', ...place });
  return {
    zoneId: zone.id,
    zone,
    fix: { lat: place.lat + 0.02, lon: place.lon, accM: 8, fixAt: at, receivedAt: at, mock: false },
    qr: null,
    deviceForged: false,
    shift: null,
    requirements: [],
    underAge: false,
    offline: false,
  };
}

function failed(nowMs: number): OwnEvent['payload'] {
  const completedOn = dayOf(nowMs);
  return { item: 'hazmat', completedOn, hours: 2, fieldDays: null, passed: false, tested: true };
}

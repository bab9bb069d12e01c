import { companyOf, endpointsOf, type DemoState } from '#demo';
import { systemClock } from '#platform/clock';
import { createDice } from '../demo/dice.ts';
import { stories } from '../demo/simulator/stories.ts';
import { proofHeaders, type Message } from '../demo/simulator/wire.ts';
import { encodeRequest } from './sender.ts';

export interface Traffic {
  readonly state: DemoState;
  readonly origin: string;
  /** Part of every vendor id: a second run must not be a repetition of the first. */
  readonly run: string;
  readonly count: number;
  readonly ratePerS: number;
  /** Numbers of people of whom nothing is told: those whose flags somebody else changes and watches. */
  readonly except?: ReadonlySet<string>;
}

/** What takes minutes in the demo takes seconds here, so that stories end within a run. */
const hurry = 20;

/**
 * Vendor messages of the demo's own stories (courses, drug tests, background reports, driver papers, site visits, a
 * stranger now and then), over all people at random, in the order in which they happen, each signed by its vendor's
 * scheme. No duplicates and no forgeries: every message is work for the whole path.
 */
export function trafficOf({ origin, ...traffic }: Traffic): Buffer[] {
  const endpoints = endpointsOf(traffic.state, origin);
  const nowMs = systemClock.nowMs();
  return messagesOf({ ...traffic, nowMs }).map((message) => signed(message, endpoints, nowMs));
}

function messagesOf({
  state,
  run,
  count,
  ratePerS,
  except,
  nowMs,
}: Omit<Traffic, 'origin'> & { nowMs: number }): Message[] {
  const company = companyOf(state);
  const people = company.people.filter((person) => person.phase === 'active' && !except?.has(person.number));
  const dice = createDice(state.seed, `bench/${run}`);
  const lengthMs = (count / ratePerS) * 1000;
  const told: { atMs: number; make: (atMs: number) => Message }[] = [];
  for (let story = 0; told.length < count * 1.3; story += 1) {
    const beginMs = dice.int(0, Math.ceil(lengthMs));
    const input = { dice, company, person: dice.pick(people), key: `${run}${story.toString(36)}` };
    for (const { afterMs, make } of dice.weighted(stories)(input)) {
      told.push({ atMs: nowMs + beginMs + afterMs / hurry, make });
    }
  }
  return told
    .toSorted((a, b) => a.atMs - b.atMs)
    .slice(0, count)
    .map(({ atMs, make }) => make(atMs));
}

/** One message as bytes ready for the wire. */
export function signed(message: Message, endpoints: ReturnType<typeof endpointsOf>, nowMs: number): Buffer {
  const { url, secret } = endpoints[message.vendor];
  const headers = { 'content-type': message.contentType, ...proofHeaders(message, secret, nowMs) };
  return encodeRequest(url, headers, message.body);
}

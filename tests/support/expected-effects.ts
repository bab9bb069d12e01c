import { sources } from '#ingest';
import { companyOf, type DemoState } from '#demo';
import { proofHeaders, type Message } from '../../demo/simulator/wire.ts';
import { createStream } from '../../demo/simulator/stream.ts';

/** What a message must have led to once it was acknowledged. */
export interface Expected {
  /** `vendor dedupe-key` of each event. */
  events: readonly string[];
  /** Parts that must wait for a person. */
  deadLetters: number;
}

/** The simulator's messages without forgeries, so that each one sent is one that must be accepted. */
export function messageStream(state: DemoState, run: string) {
  const trouble = { duplicate: 0.05, late: 0.05, forged: 0 };
  return createStream({ company: companyOf(state), seed: state.seed, run, trouble });
}

/** Reads a message with the vendor's own source, apart from the server: the events it stands for. */
export function expectedOf(message: Message, state: DemoState, nowMs: number): Expected {
  const source = sources.find(({ vendor }) => vendor === message.vendor);
  if (!source) throw new Error(`no source for ${message.vendor}`);
  const raw = Buffer.from(message.body);
  const headers = {
    'content-type': message.contentType,
    ...proofHeaders(message, state.endpoints[message.vendor].secret, nowMs),
  };
  const parsed = source.parse(raw, headers);
  if (!parsed.ok) throw new Error(`${message.about}: ${parsed.detail}`);
  const settings = message.vendor === 'quest-esp' ? { channel: 'mro' } : { externalIdentifier: 'employee' };
  const outcomes = source.normalise(parsed.value, { receivedAt: new Date(nowMs).toISOString(), settings });
  const stranger = message.about.includes('(XX-');
  const events = outcomes.flatMap((outcome) => (outcome.kind === 'event' ? [outcome.draft.dedupeKey] : []));
  return stranger
    ? { events: [], deadLetters: events.length }
    : { events: events.map((key) => `${message.vendor} ${key}`), deadLetters: 0 };
}

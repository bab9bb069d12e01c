import { endpointsOf } from '#demo';
import { freePort } from '../../tests/support/server-process.ts';
import { cpuSecondsOf, ownCpuSeconds } from '../cpu.ts';
import { metric, type PartResult } from '../metrics.ts';
import { sendClosed } from '../pace.ts';
import { encodeRequest, openSender } from '../sender.ts';
import { signedRequests, checkrReports } from '../checkr-reports.ts';
import { proofHeaders, type Message } from '../../demo/simulator/wire.ts';
import { bentoPath, bentoVariants, findBento, startBento, type Bento, type BentoVariant } from './bento.ts';
import type { Engines } from './engines.ts';
import { alternate, median, medianRatio, said } from './rounds.ts';
import { openTopicReader, type TopicReader } from './topic-content.ts';

const connections = 256;
const ourTopic = 'raw.checkr';
const theirTopic = 'raw.bento';

/** A door that takes the prepared messages. */
interface Door {
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  readonly topic: string;
  readonly url: string;
  readonly requests: readonly Buffer[];
  /** Status of what was taken. */
  readonly acceptedAs: number;
}

interface Round {
  readonly perCpuS: number;
  readonly perS: number;
  readonly loadMakerShare: number;
}

async function load(door: Door, durationMs: number): Promise<Round> {
  const sender = await openSender({ host: door.host, port: door.port, connections });
  try {
    const [before, ownBefore] = [cpuSecondsOf(door.pid), ownCpuSeconds()];
    const { accepted, refused, seconds } = await sendClosed(
      sender,
      door.requests,
      connections,
      durationMs,
      door.acceptedAs,
    );
    if (refused > 0) throw new Error(`${refused} of ${accepted + refused} were refused by ${door.url}`);
    return {
      perCpuS: accepted / (cpuSecondsOf(door.pid) - before),
      perS: accepted / seconds,
      loadMakerShare: (ownCpuSeconds() - ownBefore) / seconds,
    };
  } finally {
    sender.close();
  }
}

/** Each message once. */
async function sendAll({ host, port }: Door, requests: readonly Buffer[]): Promise<number[]> {
  const sender = await openSender({ host, port, connections: 32 });
  try {
    return await Promise.all(requests.map((request) => sender.post(request)));
  } finally {
    sender.close();
  }
}

/**
 * Throws unless the doors do the same: what they take is in the topic byte by byte when they answer, and neither takes
 * a message with a wrong signature or of another shape.
 */
async function requireEqual(doors: readonly Door[], secret: string, topics: TopicReader): Promise<string> {
  const [example] = checkrReports(1);
  if (example === undefined) throw new Error('no message was made');
  const other: Message = {
    ...example,
    body: example.body.replace('"data":{"object":{', '"data":{"other":{'),
  };
  const found: { count: number; digest: string }[] = [];
  for (const door of doors) {
    const before = await topics.ends(door.topic);
    const taken = await sendAll(door, door.requests.slice(0, 2000));
    const refused = await sendAll(door, [
      requestOf({ ...example, forged: true }, door.url, secret),
      requestOf(other, door.url, secret),
    ]);
    if (taken.some((status) => status !== door.acceptedAs))
      throw new Error(`${door.url} refused a good message`);
    if (refused.some((status) => status < 400))
      throw new Error(`${door.url} took a bad message: ${refused.join()}`);
    found.push(await topics.since(door.topic, before));
  }
  const [first, ...others] = found;
  if (
    first?.count !== 2000 ||
    others.some((one) => one.digest !== first.digest || one.count !== first.count)
  ) {
    throw new Error(`the doors wrote different records: ${JSON.stringify(found)}`);
  }
  return `Equal: each wrote the same ${first.count} bodies to Kafka, and refused a wrong signature and a wrong shape.`;
}

function requestOf(message: Message, url: string, secret: string): Buffer {
  return encodeRequest(
    url,
    { 'content-type': message.contentType, ...proofHeaders(message, secret, 0) },
    message.body,
  );
}

interface Peer {
  readonly door: Door;
  readonly bento: Bento;
}

async function startPeer(
  program: string,
  engines: Engines,
  variant: BentoVariant,
  input: { readonly secret: string; readonly messages: readonly Message[] },
): Promise<Peer> {
  const { secret, messages } = input;
  const port = await freePort();
  const { folder, brokers } = engines;
  const bento = await startBento(program, folder, { port, brokers, topic: theirTopic, secret, variant });
  const url = `http://127.0.0.1:${port}${bentoPath}`;
  const requests = signedRequests(messages, url, secret);
  return {
    bento,
    door: { host: '127.0.0.1', port, pid: bento.pid, topic: theirTopic, url, requests, acceptedAs: 200 },
  };
}

/** The settings with which it takes most per CPU second: all are tried twice, in turn, since the machine has moods. */
async function bestVariant(
  program: string,
  engines: Engines,
  input: { readonly secret: string; readonly messages: readonly Message[]; readonly tryMs: number },
): Promise<{ variant: BentoVariant; note: string }> {
  const seen = new Map<BentoVariant, number>();
  for (const variant of [...bentoVariants, ...bentoVariants.toReversed()]) {
    const { bento, door } = await startPeer(program, engines, variant, input);
    try {
      await load(door, input.tryMs / 3);
      const { perCpuS } = await load(door, input.tryMs);
      seen.set(variant, Math.max(perCpuS, seen.get(variant) ?? 0));
    } finally {
      await bento.stop();
    }
  }
  const [best] = [...seen].toSorted((a, b) => b[1] - a[1]);
  if (best === undefined) throw new Error('no settings were tried');
  const shown = [...seen].map(([{ name }, perCpuS]) => `${name}: ${said(perCpuS)}`).join('; ');
  return {
    variant: best[0],
    note: `Bento's settings, events per CPU second in the better of two tries: ${shown}. The best was taken.`,
  };
}

/**
 * HTTP → Kafka: our ingest role beside Bento on the same broker with the same signed messages. Both check HMAC-SHA256
 * over the raw bytes and the shape, write idempotently with acks=all, and answer after the broker's acknowledgement.
 */
export async function measureIngest(
  engines: Engines,
  { quick, say }: { readonly quick: boolean; readonly say: (line: string) => void },
): Promise<PartResult> {
  const times = quick
    ? { rounds: 2, warmUpMs: 500, roundMs: 1500, tryMs: 700 }
    : { rounds: 5, warmUpMs: 8000, roundMs: 4000, tryMs: 2500 };
  const messages = checkrReports(quick ? 5000 : 30_000);
  const topics = openTopicReader(engines.brokers);
  const ingest = await engines.start('ingest');
  let peer: Peer | undefined;
  try {
    const { url, secret } = endpointsOf(engines.state, ingest.origin).checkr;
    const requests = signedRequests(messages, url, secret);
    const ours: Door = {
      host: 'localhost',
      port: ingest.port,
      pid: ingest.pid,
      topic: ourTopic,
      url,
      requests,
      acceptedAs: 202,
    };
    await topics.make(ourTopic);
    await topics.make(theirTopic);
    const found = await findBento(say);
    if ('missing' in found) return await alone(ours, times, found.missing);
    const input = { secret, messages, tryMs: times.tryMs };
    const { variant, note } = await bestVariant(found.program, engines, input);
    peer = await startPeer(found.program, engines, variant, input);
    const { door } = peer;
    const equal = await requireEqual([ours, door], secret, topics);
    await load(ours, times.warmUpMs);
    await load(door, times.warmUpMs);
    const seen = await alternate(times.rounds, {
      ours: () => load(ours, times.roundMs),
      peer: () => load(door, times.roundMs),
    });
    return resultOf(seen, [equal, note]);
  } finally {
    await peer?.bento.stop();
    await ingest.stop();
    await topics.close();
  }
}

async function alone(
  ours: Door,
  times: { readonly rounds: number; readonly warmUpMs: number; readonly roundMs: number },
  missing: string,
): Promise<PartResult> {
  await load(ours, times.warmUpMs);
  const seen: Round[] = [];
  for (let round = 0; round < times.rounds; round += 1) seen.push(await load(ours, times.roundMs));
  return {
    metrics: [metric('ingest.events_per_cpu_s', median(seen.map(({ perCpuS }) => perCpuS)))],
    notes: [`ingest.ratio_bento was NOT measured: ${missing}.`],
  };
}

function resultOf(
  seen: { ours: readonly Round[]; peer: readonly Round[] },
  notes: readonly string[],
): PartResult {
  const perCpuS = (side: readonly Round[]) => side.map((round) => round.perCpuS);
  const tell = (name: string, side: readonly Round[]) =>
    `${name}: ${said(median(perCpuS(side)))} events per CPU second (${said(Math.min(...perCpuS(side)))} to ${said(Math.max(...perCpuS(side)))}), ` +
    `${said(median(side.map(({ perS }) => perS)))}/s on the wall clock; load maker ${Math.round(median(side.map(({ loadMakerShare }) => loadMakerShare)) * 100)} % of a core.`;
  return {
    metrics: [
      metric('ingest.events_per_cpu_s', median(perCpuS(seen.ours))),
      metric('ingest.ratio_bento', medianRatio(perCpuS(seen.ours), perCpuS(seen.peer))),
    ],
    notes: [...notes, tell('Ours', seen.ours), tell('Bento', seen.peer)],
  };
}

import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { systemClock } from '#platform/clock';

/**
 * Many live viewers in a process of their own, so that what they cost is not the server's. They speak the wire of the
 * pages' stock client. Told what to do by live.ts over IPC.
 */
export interface OpenOrder {
  readonly url: string;
  readonly origin: string;
  /** Sessions; sockets are dealt out to them in turn. */
  readonly cookies: readonly string[];
  /** Sockets open in all after this. */
  readonly total: number;
}

export interface ViewersReport {
  readonly open: number;
  /** Sockets closed or refused by the server. */
  readonly lost: number;
  readonly messages: number;
  /** Decision of the server → message here, of every tenth viewer, in ms. */
  readonly delaysMs: readonly number[];
}

/** Sockets that are connecting at one time. */
const atOnce = 50;

const sockets: WebSocket[] = [];
let lost = 0;
let messages = 0;
let delaysMs: number[] = [];

const subscription = JSON.stringify({
  id: 1,
  method: 'subscription',
  params: { path: 'live.flags', input: null },
});

function note(data: unknown): void {
  const decidedAt = /"decidedAt":"([^"]+)"/.exec(String(data))?.[1];
  if (decidedAt !== undefined) delaysMs.push(systemClock.nowMs() - Date.parse(decidedAt));
}

function openOne(order: OpenOrder, index: number): Promise<void> {
  return new Promise((resolve) => {
    const cookie = order.cookies[index % order.cookies.length] ?? '';
    const socket = new WebSocket(order.url, {
      headers: { cookie, origin: order.origin },
      perMessageDeflate: false,
    });
    const isSample = index % 10 === 0;
    let started = false;
    socket.on('open', () => socket.send(subscription));
    socket.on('message', (data) => {
      if (!started) {
        started = true;
        sockets.push(socket);
        return resolve();
      }
      messages += 1;
      if (isSample) note(data);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      lost += 1;
      resolve();
    });
  });
}

async function open(order: OpenOrder): Promise<void> {
  for (let at = sockets.length; at < order.total; at += atOnce) {
    const count = Math.min(atOnce, order.total - at);
    await Promise.all(Array.from({ length: count }, (_, index) => openOne(order, at + index)));
  }
  await sleep(500);
}

function report(): ViewersReport {
  const found = { open: sockets.length, lost, messages, delaysMs };
  messages = 0;
  delaysMs = [];
  return found;
}

process.on('message', (order: OpenOrder | 'report') => {
  void (async () => {
    if (order !== 'report') await open(order);
    process.send?.(report());
  })();
});

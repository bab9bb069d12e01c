import { openWay, type CuttableWay } from './proxy.ts';

// The ways of a cluster in a process of their own (started by ways.ts): whoever makes traffic and compares databases is
// busy at times, and a way that stands still meanwhile would be a fault that nobody asked for.

/** What the parent asks for; each request is answered with the same `id`. */
export type WayRequest =
  | {
      readonly id: number;
      readonly act: 'open';
      readonly name: string;
      readonly port: number;
      readonly target: number;
    }
  | { readonly id: number; readonly act: 'cut' | 'mend'; readonly name: string }
  | { readonly id: number; readonly act: 'delay'; readonly name: string; readonly ms: number };

export interface WayAnswer {
  readonly id: number;
  readonly failed: string | null;
}

const ways = new Map<string, CuttableWay>();

async function perform(request: WayRequest): Promise<void> {
  if (request.act === 'open') {
    ways.set(request.name, await openWay(request.port, request.target));
    return;
  }
  const way = ways.get(request.name);
  if (way === undefined) throw new Error(`there is no way ${request.name}`);
  if (request.act === 'delay') way.delay(request.ms);
  else way[request.act]();
}

process.on('message', (request: WayRequest) => {
  const answer = (failed: string | null) => process.send?.({ id: request.id, failed } satisfies WayAnswer);
  perform(request).then(
    () => answer(null),
    (error: unknown) => answer(String(error)),
  );
});
process.on('disconnect', () => process.exit());

import {
  createTRPCClient,
  createWSClient,
  httpBatchLink,
  httpSubscriptionLink,
  splitLink,
  wsLink,
  type TRPCClient,
} from '@trpc/client';
import type { AppRouter } from '#server/router';

export type ApiClient = TRPCClient<AppRouter>;

export interface ClientEvents {
  /** Why the live socket closed: 4401 signed out, 4403 rights changed, else the network or a restart. */
  onLiveClosed(code: number | null): void;
}

/** Longest address that every proxy passes. */
const maxUrlLength = 4000;

/** One try at once, then slower, with some chance in it so that thousands do not come back together. */
function retryDelayMs(attempt: number): number {
  const spread = crypto.getRandomValues(new Uint8Array(1))[0] ?? 0;
  return attempt === 0 ? spread : Math.min(1000 * 2 ** (attempt - 1), 15_000) + spread * 4;
}

/**
 * The API as the browser speaks it: questions over HTTP, the live feed over one WebSocket that opens with the first
 * subscription, other long answers as event streams. Make one per tab, in the browser only.
 */
export function createApiClient(events: ClientEvents): ApiClient {
  const socket = createWSClient({
    url: () => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`,
    lazy: { enabled: true, closeMs: 5000 },
    keepAlive: { enabled: true, intervalMs: 20_000, pongTimeoutMs: 5000 },
    retryDelayMs,
    onClose: (cause) => events.onLiveClosed(cause?.code ?? null),
  });
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (operation) => operation.type !== 'subscription',
        true: httpBatchLink({ url: '/api/trpc', maxURLLength: maxUrlLength }),
        false: splitLink({
          condition: (operation) => operation.path === 'live.flags',
          true: wsLink({ client: socket }),
          false: httpSubscriptionLink({ url: '/api/trpc' }),
        }),
      }),
    ],
  });
}

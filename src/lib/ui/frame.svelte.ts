import { createContext } from 'svelte';

/** What every part below the frame may ask: the tenant's zone and the server's time, kept ticking. */
export interface Frame {
  readonly zone: string;
  /** Epoch ms by the server's clock. On the server and at first paint it is the instant of the answer. */
  readonly now: number;
}

const [read, provide] = createContext<Frame>();

export const useFrame = read;

/**
 * Sets the frame for all parts below. The browser's own clock may be wrong, so time goes on from the
 * server's instant by the monotonic clock. Call in a component's script.
 */
export function provideFrame(source: () => { zone: string; now: number }): Frame {
  let elapsed = $state(0);
  $effect(() => {
    const { now } = source();
    const origin = performance.now();
    elapsed = 0;
    if (now === 0) return;
    const timer = setInterval(() => {
      elapsed = performance.now() - origin;
    }, 1000);
    return () => clearInterval(timer);
  });
  const frame: Frame = {
    get zone() {
      return source().zone;
    },
    get now() {
      return source().now + elapsed;
    },
  };
  provide(frame);
  return frame;
}

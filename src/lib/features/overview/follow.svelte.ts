import { invalidate } from '$app/navigation';
import type { Live } from '#client/live.svelte';
import type { FlagChanged } from '#contracts/live';
import type { RecentChange } from '#contracts/screens/overview';
import { isNews, toRecent } from './live-recent.ts';

/** How soon after a change the numbers are read again, and how often at most. */
const refreshMs = 4_000;
const kept = 50;

/** Changes as they come, and the numbers read again in their wake. Call in a component's script. */
export function followOverview(live: Live, belongs: (change: FlagChanged) => boolean) {
  let arrived = $state.raw<readonly RecentChange[]>([]);

  $effect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const refresh = () => {
      timer ??= setTimeout(() => {
        timer = null;
        if (document.visibilityState === 'visible') void invalidate('app:overview');
      }, refreshMs);
    };
    const stop = live.listen({
      onChanges(changes) {
        const news = changes.filter((change) => isNews(change) && belongs(change)).map(toRecent);
        if (news.length > 0) arrived = [...news.toReversed(), ...arrived].slice(0, kept);
        refresh();
      },
      onResync: refresh,
    });
    return () => {
      stop();
      if (timer !== null) clearTimeout(timer);
    };
  });

  return {
    get arrived() {
      return arrived;
    },
  };
}

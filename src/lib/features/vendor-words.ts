import type { FlagColour } from '#contracts/flags';
import type { VendorCard } from '#contracts/screens/integrations';
import { formatDuration } from '#ui/format.ts';

/** The sign of a vendor's state. Silence is never green. */
export const vendorFlag: Record<VendorCard['state'], FlagColour> = {
  flowing: 'green',
  refusing: 'yellow',
  silent: 'stale',
  waiting: 'none',
};

/** What a vendor does, in a few words. */
export function vendorWords(card: VendorCard, nowMs: number): string {
  switch (card.state) {
    case 'refusing':
      return `${card.refused24h} refused`;
    case 'silent':
      return card.lastEventAt === null
        ? 'Silent'
        : `Silent for ${formatDuration(nowMs - Date.parse(card.lastEventAt))}`;
    case 'waiting':
      return 'Nothing yet';
    default:
      return 'Flowing';
  }
}

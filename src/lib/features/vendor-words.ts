import type { FlagColour } from '#contracts/flags';
import type { VendorCard } from '#contracts/screens/integrations';
import { formatDuration } from '#ui/format.ts';

/** The sign of a vendor's state. Silence is never green. */
export const vendorFlag: Record<VendorCard['state'], FlagColour> = {
  flowing: 'green',
  refusing: 'yellow',
  silent: 'stale',
  waiting: 'none',
  disabled: 'none',
};

/** What a vendor does, in a few words. */
export function vendorWords(card: VendorCard, nowMs: number): string {
  switch (card.state) {
    case 'refusing':
      return card.lastRefusedReason ?? 'Refused';
    case 'silent':
      return card.lastMessageAt === null
        ? 'Silent'
        : `Silent for ${formatDuration(nowMs - Date.parse(card.lastMessageAt))}`;
    case 'waiting':
      return 'Nothing yet';
    case 'disabled':
      return 'Switched off';
    default:
      return 'Flowing';
  }
}

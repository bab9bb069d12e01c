import { flagWords } from '#contracts/flags';
import type { FlagChanged } from '#contracts/live';
import { moduleNames } from '#contracts/modules';

/** What a screen reader says of some changes: one by name, several by their number. */
export function summarise(changes: readonly FlagChanged[]): string {
  const [only, ...others] = changes;
  if (only === undefined) return '';
  if (others.length === 0) {
    const hold = only.to.hold ? ', hold' : '';
    return `${only.name}, ${moduleNames[only.module]}: ${flagWords[only.to.flag]}${hold}.`;
  }
  const red = changes.filter((change) => change.to.flag === 'red').length;
  return `${changes.length} flags changed${red > 0 ? `, ${red} to ${flagWords.red}` : ''}.`;
}

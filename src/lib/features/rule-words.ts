import type { RuleLine } from '#contracts/screens/settings';

/** On what a rule rests. */
export const basisWords: Record<RuleLine['basis'], string> = {
  law: 'Law',
  custom: 'Custom of the trade',
  policy: 'Policy',
};

import type { AudiogramFact } from './record.ts';

/** 29 CFR 1904.10(a): a mean shift of 10 dB at 2, 3 and 4 kHz (age adjustment allowed) … */
const shiftLimitDb = 10;
/** … and a mean level of 25 dB above audiometric zero (never age adjusted), in the same ear. */
const levelLimitDb = 25;

const ears = ['left', 'right'] as const;

/** A standard threshold shift in either ear: asks for a retest within 30 days, 1904.10(b)(4). */
export function hasShift(audiogram: Pick<AudiogramFact, 'shiftDb'>): boolean {
  return ears.some((ear) => (audiogram.shiftDb[ear] ?? -Infinity) >= shiftLimitDb);
}

/** A recordable hearing case: shift and level in the SAME ear. */
export function isHearingCase(audiogram: Pick<AudiogramFact, 'shiftDb' | 'levelDb'>): boolean {
  return ears.some(
    (ear) =>
      (audiogram.shiftDb[ear] ?? -Infinity) >= shiftLimitDb &&
      (audiogram.levelDb[ear] ?? -Infinity) >= levelLimitDb,
  );
}

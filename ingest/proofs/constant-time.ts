import { createHash, timingSafeEqual } from 'node:crypto';

/** Compares two texts in time that tells nothing of where they differ, nor of their lengths. */
function sameText(left: string, right: string): boolean {
  return timingSafeEqual(digest(left), digest(right));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Like `sameText` against each of several, without stopping at the first that fits. */
export function sameAsAny(given: string, accepted: readonly string[]): boolean {
  let found = false;
  for (const one of accepted) found = sameText(given, one) || found;
  return found;
}

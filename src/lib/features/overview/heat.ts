/**
 * Ink of a heat cell, 0 (fully compliant) to 5 (furthest from it on the screen). The ramp ends at the
 * largest shortfall shown, at least 5 points, so that small differences near 100% do not shout.
 */
export function heatLevel(rate: number, largestShortfall: number): number {
  const shortfall = 1 - rate;
  if (shortfall <= 0) return 0;
  const span = Math.max(0.05, largestShortfall);
  return Math.min(5, Math.max(1, Math.ceil((shortfall / span) * 5 - 1e-9)));
}

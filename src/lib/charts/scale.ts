/** Geometry of plots. x and y run from 0 to 100 in both directions; the SVG is stretched to its box. */

export interface Point {
  x: number;
  y: number;
}

/** Maps a domain linearly on 0..100. A domain without extent maps to 0. */
export function toPercent(from: number, to: number): (value: number) => number {
  const extent = to - from;
  return (value) => (extent === 0 ? 0 : ((value - from) / extent) * 100);
}

const steps = [1, 2, 2.5, 5, 10];

/** Round step so that at most `count` intervals cover the extent. */
function roundStep(extent: number, count: number): number {
  const raw = extent / Math.max(1, count);
  const magnitude = 10 ** Math.floor(Math.log10(raw));
  const step = steps.find((candidate) => candidate * magnitude >= raw - 1e-12) ?? 10;
  return step * magnitude;
}

/** Round ticks that enclose [min, max], lowest first. */
export function roundTicks(min: number, max: number, count: number): number[] {
  if (!(max > min)) return [min];
  const step = roundStep(max - min, count);
  const first = Math.floor(min / step + 1e-9);
  const last = Math.ceil(max / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

const short = (value: number): string => String(Math.round(value * 100) / 100);

/** An SVG path through the points; empty for none. */
export function linePath(points: readonly Point[]): string {
  return points
    .map((point, index) => `${index === 0 ? 'M' : 'L'}${short(point.x)} ${short(point.y)}`)
    .join('');
}

/** The area between the line and a level. */
export function areaPath(points: readonly Point[], level: number): string {
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last) return '';
  return `${linePath(points)}L${short(last.x)} ${short(level)}L${short(first.x)} ${short(level)}Z`;
}

/** Runs of neighbours that have a value: a gap in the data stays a gap in the line. */
export function unbroken<T>(items: readonly T[], has: (item: T) => boolean): T[][] {
  const runs: T[][] = [];
  let open: T[] | null = null;
  for (const item of items) {
    if (!has(item)) open = null;
    else if (open) open.push(item);
    else runs.push((open = [item]));
  }
  return runs;
}

/** Index of the position nearest to x; positions rise. */
export function nearest(positions: readonly number[], x: number): number {
  let best = 0;
  for (const [index, position] of positions.entries()) {
    if (Math.abs(position - x) < Math.abs((positions[best] ?? 0) - x)) best = index;
  }
  return best;
}

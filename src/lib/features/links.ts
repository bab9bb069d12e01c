import type { FlagColour } from '#contracts/flags';
import type { Module } from '#contracts/modules';

export interface BoardLink {
  module?: Module | null;
  flags?: readonly FlagColour[];
  hold?: boolean;
  divisionId?: string | null;
  locationId?: string | null;
  jobRoleId?: string | null;
  /** Soonest next date first. */
  byNext?: boolean;
  /** `all` = of every phase; else people at work. */
  phase?: 'active' | 'all';
  /** A past date, kept on the way from screen to screen. */
  asOf?: string | null;
}

/** Where the live board shows exactly these people: those at work, as the board and the overview count by default. */
export function boardHref(link: BoardLink): string {
  const query = new URLSearchParams();
  if (link.phase === 'all') query.set('phase', 'all');
  if (link.module) query.set('module', link.module);
  if (link.flags && link.flags.length > 0) query.set('flags', link.flags.join(','));
  if (link.hold) query.set('hold', '1');
  if (link.divisionId) query.set('division', link.divisionId);
  if (link.locationId) query.set('location', link.locationId);
  if (link.jobRoleId) query.set('role', link.jobRoleId);
  if (link.asOf) query.set('asOf', link.asOf);
  if (link.byNext) query.set('sort', 'next');
  const text = query.toString();
  return text === '' ? '/board' : `/board?${text}`;
}

/** The same page with some parameters set; those without a value go. */
export function withParameters(url: URL, values: Readonly<Record<string, string | null>>): string {
  const changed = new URL(url);
  for (const [name, value] of Object.entries(values)) {
    if (value === null || value === '') changed.searchParams.delete(name);
    else changed.searchParams.set(name, value);
  }
  return changed.pathname + changed.search;
}

/** The same page with one parameter set, or without it when the value is empty. */
export function withParameter(url: URL, name: string, value: string | null): string {
  const query = new URLSearchParams(url.searchParams);
  if (value === null || value === '') query.delete(name);
  else query.set(name, value);
  const text = query.toString();
  return text ? `${url.pathname}?${text}` : url.pathname;
}

import Bell from '@lucide/svelte/icons/bell';
import FileSearch from '@lucide/svelte/icons/file-search';
import FlaskConical from '@lucide/svelte/icons/flask-conical';
import Gauge from '@lucide/svelte/icons/gauge';
import GraduationCap from '@lucide/svelte/icons/graduation-cap';
import HeartPulse from '@lucide/svelte/icons/heart-pulse';
import Link from '@lucide/svelte/icons/link';
import MapPin from '@lucide/svelte/icons/map-pin';
import Plug from '@lucide/svelte/icons/plug';
import Rows3 from '@lucide/svelte/icons/rows-3';
import Scale from '@lucide/svelte/icons/scale';
import Settings2 from '@lucide/svelte/icons/settings-2';
import Truck from '@lucide/svelte/icons/truck';
import Users from '@lucide/svelte/icons/users';
import type { Icon } from '../icon.ts';
import type { Module } from '#contracts/modules';
import { moduleNames, modules } from '#contracts/modules';

export interface Place {
  label: string;
  href: string;
  icon: Icon;
  /** Which number of the frame stands beside it. */
  count?: 'alerts' | 'deadLetters';
  /** Needs the right to see administration. */
  administration?: boolean;
}

export interface PlaceGroup {
  title: string | null;
  places: readonly Place[];
}

export const moduleIcons: Record<Module, Icon> = {
  drug_alcohol: FlaskConical,
  background: FileSearch,
  dot: Truck,
  health: HeartPulse,
  training: GraduationCap,
  geofence: MapPin,
};

/** The screens, in the order of the rail. */
export const placeGroups: readonly PlaceGroup[] = [
  {
    title: null,
    places: [
      { label: 'Overview', href: '/', icon: Gauge },
      { label: 'Live board', href: '/board', icon: Rows3 },
      { label: 'People', href: '/people', icon: Users },
      { label: 'Alerts', href: '/alerts', icon: Bell, count: 'alerts' },
    ],
  },
  {
    title: 'Modules',
    places: modules.map((module) => ({
      label: moduleNames[module],
      href: `/board?module=${module}`,
      icon: moduleIcons[module],
    })),
  },
  {
    title: 'Prove',
    places: [{ label: 'Audit log', href: '/audit', icon: Link, administration: true }],
  },
  {
    title: 'Run',
    places: [
      { label: 'Rules', href: '/settings/rules', icon: Scale, administration: true },
      {
        label: 'Integrations',
        href: '/integrations',
        icon: Plug,
        count: 'deadLetters',
        administration: true,
      },
      { label: 'Settings', href: '/settings', icon: Settings2 },
    ],
  },
];

/** Places the viewer may open; empty groups go. */
export function visibleGroups(administration: boolean): PlaceGroup[] {
  return placeGroups
    .map((group) => ({
      ...group,
      places: group.places.filter((place) => administration || !place.administration),
    }))
    .filter((group) => group.places.length > 0);
}

/**
 * The one place that is current: a filtered link (`/board?module=dot`) needs its own filter, a folder
 * (`/settings`) holds its pages unless a longer place fits better.
 */
export function currentHref(url: URL): string | null {
  const fits = placeGroups
    .flatMap((group) => group.places)
    .map((place) => place.href)
    .filter((href) => {
      const [path = '', query = ''] = href.split('?');
      const here = path === '/' ? url.pathname === '/' : `${url.pathname}/`.startsWith(`${path}/`);
      return (
        here && [...new URLSearchParams(query)].every(([key, value]) => url.searchParams.get(key) === value)
      );
    });
  return fits.toSorted((a, b) => b.length - a.length)[0] ?? null;
}

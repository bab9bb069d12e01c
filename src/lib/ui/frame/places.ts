import { moduleNames, modules } from '#contracts/modules';

export interface Place {
  label: string;
  href: string;
  /** Which number of the frame stands beside it. */
  count?: 'alerts' | 'reviews' | 'deadLetters' | 'approvals' | 'incidents';
  /** Whom it is for: those who see people, who know who they are, who see administration, who do things with a second person; absent = everybody. */
  needs?: 'people' | 'names' | 'administration' | 'dualControl';
}

export interface PlaceGroup {
  title: string | null;
  places: readonly Place[];
}

/** The screens, in the order of the rail. */
export const placeGroups: readonly PlaceGroup[] = [
  {
    title: null,
    places: [
      { label: 'Overview', href: '/', needs: 'people' },
      { label: 'Live board', href: '/board', needs: 'people' },
      { label: 'People', href: '/people', needs: 'people' },
      { label: 'Alerts', href: '/alerts', count: 'alerts', needs: 'people' },
      { label: 'DER IQ', href: '/ask', needs: 'people' },
      { label: 'Explorer', href: '/explorer', needs: 'names' },
    ],
  },
  {
    title: 'Modules',
    places: modules.map((module) => ({
      label: moduleNames[module],
      href: `/board?module=${module}`,
      needs: 'people' as const,
    })),
  },
  {
    title: 'Prove',
    places: [
      { label: 'Audit log', href: '/audit', needs: 'administration' },
      { label: 'Security', href: '/security', count: 'incidents', needs: 'administration' },
    ],
  },
  {
    title: 'Run',
    places: [
      { label: 'Reviews', href: '/reviews', count: 'reviews', needs: 'people' },
      { label: 'Approvals', href: '/approvals', count: 'approvals', needs: 'dualControl' },
      { label: 'Rules', href: '/settings/rules', needs: 'administration' },
      { label: 'Regulations', href: '/regulations' },
      {
        label: 'Integrations',
        href: '/integrations',
        count: 'deadLetters',
        needs: 'administration',
      },
      { label: 'Status', href: '/status', needs: 'administration' },
      { label: 'Settings', href: '/settings' },
    ],
  },
];

/** What the viewer may see at all. */
export interface Sight {
  /** People other than oneself. */
  people: boolean;
  /** Knows who they are. */
  names: boolean;
  administration: boolean;
  dualControl: boolean;
  /** The viewer's own record, if there is one. */
  ownHref: string | null;
}

/** Places the viewer may open; empty groups go. One's own record stands first for who sees nobody else. */
export function visibleGroups(sight: Sight): PlaceGroup[] {
  const groups = placeGroups.map((group) => ({
    ...group,
    places: group.places.filter((place) => place.needs === undefined || sight[place.needs]),
  }));
  const own =
    sight.ownHref === null || sight.people
      ? []
      : [
          {
            title: null,
            places: [
              { label: 'My compliance', href: sight.ownHref },
              { label: 'DER IQ', href: '/ask' },
            ],
          },
        ];
  return [...own, ...groups].filter((group) => group.places.length > 0);
}

/**
 * The one place that is current: a filtered link (`/board?module=dot`) needs its own filter, a folder
 * (`/settings`) holds its pages unless a longer place fits better.
 */
export function currentHref(url: URL, groups: readonly PlaceGroup[]): string | null {
  const fits = groups
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

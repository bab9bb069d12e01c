import type { Phase } from '#contracts/person-facts';
import { createDice, type Dice } from './dice.ts';
import { jobRoles, type DemoJobRole } from './job-roles.ts';
import { firstNames, lastNames } from './names.ts';

/** A demo company as plain data, before it has ids: refs are stable words, so simulator and seed speak of the same people. */
export interface DemoCompany {
  divisions: readonly { ref: string; name: string }[];
  locations: readonly DemoLocation[];
  jobRoles: readonly DemoJobRole[];
  people: readonly DemoPerson[];
}

export interface DemoLocation {
  ref: string;
  name: string;
  state: string;
  zone: string;
  lat: number;
  lon: number;
}

export interface DemoPerson {
  /** Employee number, e.g. `HP-00042`: the key that vendors carry. */
  number: string;
  firstName: string;
  lastName: string;
  email: string;
  birthDate: string;
  divisionRef: string;
  locationRef: string;
  jobRoleRef: string;
  phase: Phase;
  hiredOn: string;
  returnOn: string | null;
  terminatedOn: string | null;
}

const divisions = [
  { ref: 'linehaul', name: 'Linehaul', share: 24, roles: ['driver', 'driver', 'driver', 'dispatcher'] },
  { ref: 'regional', name: 'Regional', share: 22, roles: ['driver', 'driver', 'driver', 'dispatcher'] },
  { ref: 'tank', name: 'Tank & hazmat', share: 10, roles: ['tank_driver', 'tank_driver', 'loader'] },
  {
    ref: 'field',
    name: 'Field services',
    share: 19,
    roles: ['field_tech', 'field_tech', 'crane_operator', 'site_lead'],
  },
  {
    ref: 'terminals',
    name: 'Terminals',
    share: 12,
    roles: ['dock_worker', 'forklift_operator', 'site_lead'],
  },
  { ref: 'shops', name: 'Shops', share: 7, roles: ['mechanic', 'mechanic', 'painter'] },
  { ref: 'office', name: 'Office & dispatch', share: 6, roles: ['office', 'dispatcher'] },
] as const;

const locations: readonly DemoLocation[] = [
  ['odessa', 'Odessa', 'TX', 31.8457, -102.3676],
  ['midland', 'Midland', 'TX', 31.9974, -102.0779],
  ['lubbock', 'Lubbock', 'TX', 33.5779, -101.8552],
  ['amarillo', 'Amarillo', 'TX', 35.222, -101.8313],
  ['houston', 'Houston', 'TX', 29.7604, -95.3698],
  ['dallas', 'Dallas', 'TX', 32.7767, -96.797],
  ['el-paso', 'El Paso', 'TX', 31.7619, -106.485, 'America/Denver'],
  ['laredo', 'Laredo', 'TX', 27.5306, -99.4803],
  ['tulsa', 'Tulsa', 'OK', 36.154, -95.9928],
  ['oklahoma-city', 'Oklahoma City', 'OK', 35.4676, -97.5164],
  ['wichita', 'Wichita', 'KS', 37.6872, -97.3301],
  ['shreveport', 'Shreveport', 'LA', 32.5252, -93.7502],
  ['lake-charles', 'Lake Charles', 'LA', 30.2266, -93.2174],
  ['hobbs', 'Hobbs', 'NM', 32.7126, -103.1377, 'America/Denver'],
  ['farmington', 'Farmington', 'NM', 36.7281, -108.2187, 'America/Denver'],
  ['denver', 'Denver', 'CO', 39.7392, -104.9903, 'America/Denver'],
  ['little-rock', 'Little Rock', 'AR', 34.7465, -92.2896],
  ['memphis', 'Memphis', 'TN', 35.1495, -90.049],
  ['phoenix', 'Phoenix', 'AZ', 33.4484, -112.074, 'America/Phoenix'],
  ['bakersfield', 'Bakersfield', 'CA', 35.3733, -119.0187, 'America/Los_Angeles'],
  ['fontana', 'Fontana', 'CA', 34.0922, -117.435, 'America/Los_Angeles'],
  ['joliet', 'Joliet', 'IL', 41.525, -88.0817],
  ['atlanta', 'Atlanta', 'GA', 33.749, -84.388, 'America/New_York'],
].map(([ref, name, state, lat, lon, zone]) => ({
  ref: String(ref),
  name: String(name),
  state: String(state),
  lat: Number(lat),
  lon: Number(lon),
  zone: String(zone ?? 'America/Chicago'),
}));

function isoDate(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

const dayMs = 86_400_000;

function demoPerson(dice: Dice, index: number, todayMs: number): DemoPerson {
  const division = dice.weighted(divisions.map((entry) => [entry, entry.share] as const));
  const firstName = dice.pick(firstNames);
  const lastName = dice.pick(lastNames);
  const phase = dice.weighted<Phase>([
    ['active', 93],
    ['leave', 2.5],
    ['applicant', 3],
    ['terminated', 1.5],
  ]);
  const daysEmployed = phase === 'applicant' ? dice.int(1, 25) : dice.int(120, 3600);
  return {
    number: `HP-${String(index + 1).padStart(5, '0')}`,
    firstName,
    lastName,
    email: `${firstName}.${lastName}.${index + 1}@harrowpike.example`.toLowerCase(),
    birthDate: isoDate(todayMs - dice.int(22 * 365, 62 * 365) * dayMs),
    divisionRef: division.ref,
    locationRef: dice.pick(locations).ref,
    jobRoleRef: dice.pick<string>(division.roles),
    phase,
    hiredOn: isoDate(todayMs - daysEmployed * dayMs),
    returnOn: phase === 'leave' ? isoDate(todayMs + dice.int(5, 60) * dayMs) : null,
    terminatedOn: phase === 'terminated' ? isoDate(todayMs - dice.int(3, 90) * dayMs) : null,
  };
}

/** The driver whom the demo's story follows: his medical certificate ended three days ago, and he has a sign-in of his own. */
export const leadNumber = 'HP-00001';

function leadPerson(todayMs: number): DemoPerson {
  return {
    number: leadNumber,
    firstName: 'Wendell',
    lastName: 'Achterberg',
    email: 'driver@harrowpike.example',
    birthDate: '1979-05-14',
    divisionRef: 'tank',
    locationRef: 'odessa',
    jobRoleRef: 'tank_driver',
    phase: 'active',
    hiredOn: isoDate(todayMs - 1800 * dayMs),
    returnOn: null,
    terminatedOn: null,
  };
}

/** The service company of the demo. `todayMs` anchors its dates; seed and count make it. */
export function demoCompany(seed: number, count: number, todayMs: number): DemoCompany {
  const people = Array.from({ length: count }, (_, index) =>
    index === 0 ? leadPerson(todayMs) : demoPerson(createDice(seed, `person/${index}`), index, todayMs),
  );
  return {
    divisions: divisions.map(({ ref, name }) => ({ ref, name })),
    locations,
    jobRoles,
    people,
  };
}

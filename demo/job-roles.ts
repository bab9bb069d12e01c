import type { Requirements } from '#contracts/person-facts';

export interface DemoJobRole {
  ref: string;
  name: string;
  requirements: Requirements;
}

const since = '2024-01-01';
const background = { package: 'standard_employee', recheckMonths: null, trucking: false };
const driverBackground = { package: 'driver_pro', recheckMonths: null, trucking: true };
const driverTests = { covered: true, agency: 'FMCSA' as const };
const companyTests = { covered: false, agency: null };

function need(item: string, basis: 'law' | 'policy', intervalMonths: number | null) {
  return { item, basis, beforeWork: basis === 'law', intervalMonths, from: since };
}

function exposure(
  agent: string,
  sector: 'general' | 'construction',
  extra: { level?: number; daysPerYear?: number; respiratorDays?: number; facepiece?: string },
) {
  return {
    agent,
    sector,
    from: since,
    to: null,
    level: extra.level ?? null,
    daysPerYear: extra.daysPerYear ?? null,
    respiratorDays: extra.respiratorDays ?? null,
    facepiece: extra.facepiece ?? null,
  };
}

const conduct = need('code_of_conduct', 'policy', 12);
const driverNeeds = [conduct, need('hours_of_service_refresher', 'policy', 24)];

/** What each job of the demo company requires. */
export const jobRoles: readonly DemoJobRole[] = [
  {
    ref: 'driver',
    name: 'CDL driver',
    requirements: {
      drugAlcohol: driverTests,
      background: driverBackground,
      dot: { class: 'CI', intracityZone: false },
      training: { needs: driverNeeds },
    },
  },
  {
    ref: 'tank_driver',
    name: 'Tank & hazmat driver',
    requirements: {
      drugAlcohol: driverTests,
      background: driverBackground,
      dot: { class: 'CI', intracityZone: false },
      health: {
        exposures: [exposure('respirator', 'general', { respiratorDays: 40, facepiece: 'Half-face M' })],
      },
      training: { needs: [...driverNeeds, need('hazmat', 'law', 36)] },
      geofence: { zoneIds: ['home-terminal'] },
    },
  },
  {
    ref: 'loader',
    name: 'Hazmat loader',
    requirements: {
      drugAlcohol: companyTests,
      background,
      health: {
        exposures: [exposure('respirator', 'general', { respiratorDays: 60, facepiece: 'Half-face M' })],
      },
      training: { needs: [conduct, need('hazmat', 'law', 36)] },
      geofence: { zoneIds: ['home-terminal'] },
    },
  },
  {
    ref: 'dispatcher',
    name: 'Dispatcher',
    requirements: { background, training: { needs: [conduct] } },
  },
  {
    ref: 'field_tech',
    name: 'Field technician',
    requirements: {
      drugAlcohol: companyTests,
      background,
      health: { exposures: [exposure('noise', 'general', { level: 88 })] },
      training: {
        needs: [conduct, need('hazwoper_refresher', 'law', 12), need('fall_protection', 'law', null)],
      },
      geofence: { zoneIds: ['home-terminal'] },
    },
  },
  {
    ref: 'crane_operator',
    name: 'Crane operator',
    requirements: {
      drugAlcohol: companyTests,
      background,
      training: { needs: [conduct, need('crane_operator', 'law', 60)] },
      geofence: { zoneIds: ['home-terminal'] },
    },
  },
  {
    ref: 'site_lead',
    name: 'Site lead',
    requirements: {
      background,
      training: { needs: [conduct, need('driver_supervisor', 'law', null)] },
      geofence: { zoneIds: ['home-terminal'] },
    },
  },
  {
    ref: 'dock_worker',
    name: 'Dock worker',
    requirements: { background, training: { needs: [conduct] }, geofence: { zoneIds: ['home-terminal'] } },
  },
  {
    ref: 'forklift_operator',
    name: 'Forklift operator',
    requirements: {
      drugAlcohol: companyTests,
      background,
      training: { needs: [conduct, need('forklift', 'law', 36)] },
      geofence: { zoneIds: ['home-terminal'] },
    },
  },
  {
    ref: 'mechanic',
    name: 'Mechanic',
    requirements: {
      background,
      health: { exposures: [exposure('noise', 'general', { level: 90 })] },
      training: { needs: [conduct, need('bloodborne', 'law', 12)] },
    },
  },
  {
    ref: 'painter',
    name: 'Painter',
    requirements: {
      background,
      health: {
        exposures: [exposure('respirator', 'general', { respiratorDays: 180, facepiece: 'Full-face L' })],
      },
      training: { needs: [conduct] },
    },
  },
  { ref: 'office', name: 'Office', requirements: { background, training: { needs: [conduct] } } },
];

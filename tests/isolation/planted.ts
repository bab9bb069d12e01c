import type { Requirements } from '#contracts/person-facts';

/** Six people per company: two by two over division and site, so that each scope leaves somebody out. */
export interface PlantedPerson {
  readonly index: number;
  readonly division: 'North' | 'South';
  readonly site: 'Quarry' | 'Harbour';
}

export const plantedPeople: readonly PlantedPerson[] = [
  { index: 1, division: 'North', site: 'Quarry' },
  { index: 2, division: 'North', site: 'Quarry' },
  { index: 3, division: 'South', site: 'Harbour' },
  { index: 4, division: 'South', site: 'Harbour' },
  { index: 5, division: 'North', site: 'Harbour' },
  { index: 6, division: 'South', site: 'Quarry' },
];

/** The one with a sign-in of their own, and the one who is ordered to an unannounced test. */
export const workerIndex = 6;
export const orderedIndex = 1;
/** Has a clean drug file, and later a test that must be collected again without notice. */
export const recollectedIndex = 5;

/**
 * Words that name a person and stand in no other place, e.g. `Alderlast3`: wherever one appears, that person was told
 * of.
 */
export function wordsOf(company: string, index: number) {
  return {
    firstName: `${company}first${index}`,
    lastName: `${company}last${index}`,
    number: `${company}num${index}`,
    email: `${company}mail${index}@example.com`.toLowerCase(),
    candidateId: Buffer.from(`${company}${index}`.padEnd(12, '0')).toString('hex').slice(0, 24),
  };
}

/** Indexes of the people of a company that a text tells of by a word. */
export function indexesIn(company: string, text: string): Set<number> {
  const found = text.matchAll(new RegExp(`${company}(?:first|last|num|mail)(\\d)`, 'gi'));
  return new Set([...found].map((match) => Number(match[1])));
}

export const placeName = (company: string, place: string): string => `${company} ${place}`;

/** Something of every module, so that every module has flags, reasons and alerts. */
export const plantedNeeds: Requirements = {
  drugAlcohol: { covered: true, agency: 'FMCSA' },
  background: { package: 'driver_pro', recheckMonths: null, trucking: true },
  dot: { class: 'CI', intracityZone: false },
  health: {
    exposures: [
      {
        agent: 'respirator',
        sector: 'general',
        from: '2024-01-01',
        to: null,
        level: null,
        daysPerYear: null,
        respiratorDays: 40,
        facepiece: 'Half-face M',
      },
    ],
  },
  training: {
    needs: [{ item: 'hazmat', basis: 'law', beforeWork: true, intervalMonths: 36, from: '2024-01-01' }],
  },
  geofence: { zoneIds: ['home-terminal'] },
};

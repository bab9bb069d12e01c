import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import {
  itaCaseSchema,
  itaPlaceSchema,
  loggedCase,
  totalCases,
  writeIta300A,
  writeIta300And301,
  type CaseFact,
  type ItaCase,
  type ItaPlace,
} from './index.ts';

const place = (over: Partial<ItaPlace> = {}): ItaPlace => ({
  establishmentName: 'Yard 4, Des Moines',
  ein: '123456789',
  companyName: 'Harbor & Plains "HP" Freight',
  streetAddress: '12 River Rd',
  city: 'Des Moines',
  state: 'IA',
  zip: '50309',
  naics: '484121',
  industryDescription: 'General freight trucking',
  peakEmployees: 120,
  ownership: 'private',
  year: 2025,
  annualAverageEmployees: 104,
  totalHoursWorked: 201_400,
  changeReason: '',
  ...over,
});

const known = (over: Partial<CaseFact> = {}): CaseFact => ({
  state: 'logged',
  eventAt: '2025-03-03T15:00:00.000Z',
  infoAt: '2025-03-03T15:00:00.000Z',
  kind: 'injury',
  privacy: false,
  criteria: ['medical_treatment'],
  loggedOn: '2025-03-05',
  caseNumber: '25-001',
  spells: [],
  severe: [],
  oshaReportedAt: null,
  eventIds: [],
  ...over,
});
const cases = [
  known(),
  known({ criteria: ['days_away'], spells: [{ kind: 'away', from: '2025-03-04', to: '2025-03-10' }] }),
  known({ kind: 'hearing', criteria: ['hearing'] }),
  known({ state: 'lined_out' }),
].flatMap((one) => loggedCase(one, '2025-03-03', '2025-12-31') ?? []);

const itaCase = (over: Partial<ItaCase> = {}): ItaCase => ({
  establishmentName: 'Yard 4',
  year: 2025,
  caseNumber: '25-001',
  jobTitle: 'Loader',
  incidentOn: '2025-03-03',
  location: 'Dock 2',
  description: 'Strain (lower back) while lifting, 40 kg!',
  outcome: 'days_away',
  awayDays: 7,
  restrictedDays: 0,
  kind: 'injury',
  birthDate: '1985-05-05',
  hiredOn: '2021-02-01',
  sex: 'F',
  treatmentFacility: '',
  inPatient: false,
  workStarted: '06:00',
  incidentTime: null,
  before: '',
  whatHappened: 'Lifted a crate\nalone',
  injuryOrIllness: '',
  objectOrSubstance: '',
  diedOn: null,
  ...over,
});
const read = (text: string): Record<string, string>[] => parse(text, { columns: true });

test('the rows are what the schemas take', () => {
  expect(itaPlaceSchema.safeParse(place()).success).toBe(true);
  expect(itaCaseSchema.safeParse({ ...itaCase(), awayDays: 181 }).success).toBe(false);
});

describe('300A', () => {
  test('totals count each logged case once, by outcome and by kind', () => {
    expect(totalCases(cases)).toMatchObject({
      deaths: 0,
      daysAwayCases: 1,
      restrictedCases: 0,
      otherCases: 2,
      awayDays: 7,
      byKind: { injury: 2, hearing: 1 },
    });
  });

  test('28 columns, codes of the form, refused characters left out', () => {
    const { text, rejected } = writeIta300A([{ place: place(), totals: totalCases(cases) }]);
    expect(rejected).toEqual([]);
    const [row] = read(text);
    expect(Object.keys(row ?? {})).toHaveLength(28);
    expect(row).toMatchObject({
      establishment_name: 'Yard 4, Des Moines',
      company_name: 'Harbor Plains "HP" Freight',
      size: '22',
      establishment_type: '1',
      no_injuries_illnesses: '1',
      total_dafw_days: '7',
      total_hearing_loss: '1',
      total_hours_worked: '201400',
    });
  });

  test('a year without cases says 2; size follows the peak', () => {
    const peaks = [19, 20, 99, 100, 249, 250];
    const rows = peaks.map((peak) => ({
      place: place({ peakEmployees: peak, establishmentName: `Yard ${peak}` }),
      totals: totalCases([]),
    }));
    const written = read(writeIta300A(rows).text);
    expect(written.map((row) => row['size'])).toEqual(['1', '21', '21', '22', '22', '3']);
    expect(written.every((row) => row['no_injuries_illnesses'] === '2')).toBe(true);
  });

  test('rejected rows come back with line and reason', () => {
    const totals = totalCases(cases);
    const { text, rejected } = writeIta300A([
      { place: place({ ein: '12-3456789' }), totals },
      { place: place({ establishmentName: 'Yard 5' }), totals: { ...totals, deaths: 1 } },
      { place: place({ establishmentName: 'Yard 6' }), totals },
      { place: place({ establishmentName: 'Yard 6' }), totals },
    ]);
    expect(read(text)).toHaveLength(1);
    expect(rejected.map(({ line, reason }) => `${line} ${reason}`)).toEqual([
      expect.stringMatching(/^1 ein: /),
      '2 cases by outcome (4) and by kind (3) do not add up',
      '4 the establishment stands in the file already',
    ]);
  });
});

describe('300/301', () => {
  test('24 columns, dates and times as the form writes them', () => {
    const [row] = read(writeIta300And301([itaCase()]).text);
    expect(Object.keys(row ?? {})).toHaveLength(24);
    expect(row).toMatchObject({
      date_of_incident: '03/03/2025',
      incident_description: 'Strain lower back while lifting, 40 kg',
      incident_outcome: '2',
      type_of_incident: '1',
      time_started_work: '06:00',
      time_of_incident: '',
      time_unknown: '1',
      nar_what_happened: 'Lifted a crate alone',
      date_of_death: '',
    });
  });

  test('a death without its date and more than 180 days are rejected', () => {
    const bad = [
      itaCase({ outcome: 'death' }),
      itaCase({ caseNumber: '25-002', awayDays: 170, restrictedDays: 11 }),
    ];
    expect(writeIta300And301(bad).rejected.map(({ line, reason }) => `${line} ${reason}`)).toEqual([
      '1 a death needs its date',
      '2 days away and restricted are capped at 180 together',
    ]);
  });
});

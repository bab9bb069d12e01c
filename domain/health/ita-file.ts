import * as z from 'zod';
import { dateSchema } from '#contracts/time';
import type { CaseOutcome, CaseTotals } from './summary.ts';

/**
 * Files for OSHA's Injury Tracking Application: 300A (28 columns) and 300/301 (24 columns), comma-separated with a header.
 * Cells are quoted by RFC 4180, and characters that the upload is known to refuse are left out.
 */
export const itaPlaceSchema = z.object({
  establishmentName: z.string().min(1).max(100),
  /** Nine digits, no dash. */
  ein: z.string().regex(/^\d{9}$/),
  companyName: z.string().max(100),
  streetAddress: z.string().min(1).max(100),
  city: z.string().min(1).max(100),
  state: z.string().regex(/^[A-Z]{2}$/),
  zip: z.string().regex(/^(\d{5}|\d{9})$/),
  naics: z.string().regex(/^\d{6}$/),
  industryDescription: z.string().max(300),
  peakEmployees: z.int().positive(),
  ownership: z.enum(['private', 'state', 'local']),
  year: z.int().min(2016),
  annualAverageEmployees: z.int().positive(),
  totalHoursWorked: z.int().positive(),
  changeReason: z.string().max(100),
});
export type ItaPlace = z.infer<typeof itaPlaceSchema>;

export const itaCaseSchema = z.object({
  establishmentName: z.string().min(1).max(100),
  year: z.int().min(2016),
  caseNumber: z.string().min(1),
  jobTitle: z.string().min(1),
  incidentOn: dateSchema,
  location: z.string().min(1),
  description: z.string().min(1),
  outcome: z.enum(['death', 'days_away', 'restricted', 'other']),
  awayDays: z.int().min(0).max(180),
  restrictedDays: z.int().min(0).max(180),
  kind: z.enum(['injury', 'skin', 'respiratory', 'poisoning', 'hearing', 'other']),
  birthDate: dateSchema,
  hiredOn: dateSchema,
  sex: z.enum(['F', 'M', '']),
  /** 1 emergency room … as the 301 numbers it; empty = treated on site. */
  treatmentFacility: z.string(),
  inPatient: z.boolean(),
  /** Local wall clock `HH:MM`; null = unknown. */
  workStarted: z.string().nullable(),
  incidentTime: z.string().nullable(),
  before: z.string(),
  whatHappened: z.string(),
  injuryOrIllness: z.string(),
  objectOrSubstance: z.string(),
  diedOn: dateSchema.nullable(),
});
export type ItaCase = z.infer<typeof itaCaseSchema>;

export interface ItaFile {
  text: string;
  /** `line` = 1-based position in the input. */
  rejected: { line: number; name: string; reason: string }[];
}

const columns300A =
  'establishment_name,ein,company_name,street_address,city,state,zip,naics_code,industry_description,size,establishment_type,year_filing_for,annual_average_employees,total_hours_worked,no_injuries_illnesses,total_deaths,total_dafw_cases,total_djtr_cases,total_other_cases,total_dafw_days,total_djtr_days,total_injuries,total_skin_disorders,total_respiratory_conditions,total_poisonings,total_hearing_loss,total_other_illnesses,change_reason';
const columns300And301 =
  'establishment_name,year_of_filing,case_number,job_title,date_of_incident,incident_location,incident_description,incident_outcome,dafw_num_away,djtr_num_tr,type_of_incident,date_of_birth,date_of_hire,sex,treatment_facility_type,treatment_in_patient,time_started_work,time_of_incident,time_unknown,nar_before_incident,nar_what_happened,nar_injury_illness,nar_object_substance,date_of_death';

const refusedCharacters = /[()~@#$%^&*?/\\!]/g;

/** Free text: one line, without the characters that the upload refuses. */
const plain = (text: string): string => text.replaceAll(refusedCharacters, '').replaceAll(/\s+/g, ' ').trim();

function quoted(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** `YYYY-MM-DD` as MM/DD/YYYY. */
function usDate(date: string | null): string {
  if (date === null) return '';
  const [year, month, day] = date.split('-');
  return `${month}/${day}/${year}`;
}

const ownershipCodes = { private: 1, state: 2, local: 3 } as const;
const outcomeCodes: Readonly<Record<CaseOutcome, number>> = {
  death: 1,
  days_away: 2,
  restricted: 3,
  other: 4,
};
const kindCodes: Readonly<Record<ItaCase['kind'], number>> = {
  injury: 1,
  skin: 2,
  respiratory: 3,
  poisoning: 4,
  hearing: 5,
  other: 6,
};

/** 1 under 20, 21 to 99, 22 to 249, 3 from 250: by the peak head count. */
function sizeCode(peak: number): number {
  if (peak < 20) return 1;
  if (peak < 100) return 21;
  return peak < 250 ? 22 : 3;
}

function firstFault(schema: z.ZodType, value: unknown): string | null {
  const issue = schema.safeParse(value).error?.issues[0];
  return issue ? `${issue.path.join('.')}: ${issue.message}` : null;
}

function totalsFault(totals: CaseTotals): string | null {
  const byOutcome = totals.deaths + totals.daysAwayCases + totals.restrictedCases + totals.otherCases;
  const byKind = Object.values(totals.byKind).reduce((sum, count) => sum + count, 0);
  return byOutcome === byKind
    ? null
    : `cases by outcome (${byOutcome}) and by kind (${byKind}) do not add up`;
}

function summaryCells(place: ItaPlace, totals: CaseTotals): (string | number)[] {
  const { byKind } = totals;
  const cases = Object.values(byKind).reduce((sum, count) => sum + count, 0);
  return [
    plain(place.establishmentName),
    place.ein,
    plain(place.companyName),
    plain(place.streetAddress),
    plain(place.city),
    place.state,
    place.zip,
    place.naics,
    plain(place.industryDescription),
    sizeCode(place.peakEmployees),
    ownershipCodes[place.ownership],
    place.year,
    place.annualAverageEmployees,
    place.totalHoursWorked,
    // 1 = there were cases, 2 = there were none.
    cases > 0 ? 1 : 2,
    totals.deaths,
    totals.daysAwayCases,
    totals.restrictedCases,
    totals.otherCases,
    totals.awayDays,
    totals.restrictedDays,
    byKind.injury,
    byKind.skin,
    byKind.respiratory,
    byKind.poisoning,
    byKind.hearing,
    byKind.other,
    plain(place.changeReason),
  ];
}

function caseCells(row: ItaCase): (string | number)[] {
  return [
    plain(row.establishmentName),
    row.year,
    plain(row.caseNumber),
    plain(row.jobTitle),
    usDate(row.incidentOn),
    plain(row.location),
    plain(row.description),
    outcomeCodes[row.outcome],
    row.awayDays,
    row.restrictedDays,
    kindCodes[row.kind],
    usDate(row.birthDate),
    usDate(row.hiredOn),
    row.sex,
    row.treatmentFacility,
    row.inPatient ? 1 : 0,
    row.workStarted ?? '',
    row.incidentTime ?? '',
    row.incidentTime === null ? 1 : 0,
    plain(row.before),
    plain(row.whatHappened),
    plain(row.injuryOrIllness),
    plain(row.objectOrSubstance),
    usDate(row.diedOn),
  ];
}

function file<R>(
  header: string,
  rows: readonly R[],
  nameOf: (row: R) => string,
  faultOf: (row: R, seen: ReadonlySet<string>) => string | null,
  cellsOf: (row: R) => (string | number)[],
): ItaFile {
  const lines = [header];
  const rejected: ItaFile['rejected'] = [];
  const seen = new Set<string>();
  for (const [index, row] of rows.entries()) {
    const reason = faultOf(row, seen);
    if (reason) rejected.push({ line: index + 1, name: nameOf(row), reason });
    else lines.push(cellsOf(row).map(quoted).join(','));
    seen.add(nameOf(row));
  }
  return { text: `${lines.join('\r\n')}\r\n`, rejected };
}

/** Form 300A of each establishment; names are unique in an account. */
export function writeIta300A(rows: readonly { place: ItaPlace; totals: CaseTotals }[]): ItaFile {
  return file(
    columns300A,
    rows,
    (row) => row.place.establishmentName,
    ({ place, totals }, seen) =>
      firstFault(itaPlaceSchema, place) ??
      (seen.has(place.establishmentName) ? 'the establishment stands in the file already' : null) ??
      totalsFault(totals),
    (row) => summaryCells(row.place, row.totals),
  );
}

/** Forms 300 and 301, one row per case. */
export function writeIta300And301(rows: readonly ItaCase[]): ItaFile {
  return file(
    columns300And301,
    rows,
    (row) => `${row.establishmentName} ${row.caseNumber}`,
    (row, seen) =>
      firstFault(itaCaseSchema, row) ??
      (seen.has(`${row.establishmentName} ${row.caseNumber}`)
        ? 'the case stands in the file already'
        : null) ??
      (row.outcome === 'death' && row.diedOn === null ? 'a death needs its date' : null) ??
      (row.awayDays + row.restrictedDays > 180
        ? 'days away and restricted are capped at 180 together'
        : null),
    caseCells,
  );
}

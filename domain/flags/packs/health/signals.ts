import type { HealthRecord } from '#domain/health';
import type { Derived, SignalContext, SignalDeclarations } from '../../pack.ts';
import { bloodLeadSignals } from './blood-lead.ts';
import { caseScope, severeScope } from './cases.ts';
import { exposureTurns, healthContext } from './exposures.ts';
import { notClearedScope, outcomeSignals } from './outcomes.ts';
import { evaluationSignal, fitScope } from './respirator.ts';
import { asbestosSignal, hazwoperSignal, hbvSignal, noiseSignal, silicaSignal } from './surveillance.ts';

export const healthSignals: SignalDeclarations = {
  inProgram: { kind: 'yes_no', title: 'In a health program' },
  nothingReceived: { kind: 'yes_no', title: 'Nothing ever received' },
  followed: { kind: 'yes_no', title: 'In a health program or examined' },
  notClearedFor: { kind: 'word', title: 'Not cleared for' },
  leadConstruction: { kind: 'yes_no', title: 'Lead work in construction' },
  leadActionAt: { kind: 'last_day', title: 'Follow-up or removal' },
  leadRemoved: { kind: 'yes_no', title: 'Off lead work' },
  bloodLeadDueAt: { kind: 'last_day', title: 'Blood lead test: last day' },
  tellDueAt: { kind: 'last_day', title: 'Tell the employee: last day' },
  facepiece: { kind: 'word', title: 'Facepiece' },
  fitSays: { kind: 'word', title: 'Fit test' },
  fitDueAt: { kind: 'last_day', title: 'Fit test: last good day' },
  evaluationDueAt: { kind: 'instant', title: 'First respirator use' },
  hazwoperDueAt: { kind: 'last_day', title: 'HAZWOPER examination: last day' },
  silicaDueAt: { kind: 'last_day', title: 'Silica examination: last day' },
  asbestosDueAt: { kind: 'last_day', title: 'Asbestos examination: last day' },
  audiogramDueAt: { kind: 'last_day', title: 'Audiogram: last day' },
  hbvDueAt: { kind: 'instant', title: 'Hepatitis B offer due' },
  askClinic: { kind: 'word', title: 'Only the clinic can settle' },
  resultLateAt: { kind: 'last_day', title: 'Result: last day' },
  notice: { kind: 'word', title: 'Restriction or refusal' },
  silentFromAt: { kind: 'instant', title: 'Clinic silent since' },
  casePrivacy: { kind: 'yes_no', title: 'Privacy case' },
  caseRef: { kind: 'word', title: 'Case' },
  caseOpen: { kind: 'yes_no', title: 'Case open on the log' },
  recordDueAt: { kind: 'last_day', title: 'Record on 300 and 301: last day' },
  severeOutcome: { kind: 'word', title: 'Severe outcome' },
  oshaDueAt: { kind: 'instant', title: 'Report to OSHA due' },
  postingFromAt: { kind: 'instant', title: '300A posting begins to be late' },
  postingToAt: { kind: 'instant', title: '300A posting ends' },
  posted: { kind: 'yes_no', title: '300A certified and posted' },
  recordsYear: { kind: 'word', title: 'Year of the records' },
  itaDueAt: { kind: 'last_day', title: 'ITA submission: last day' },
  itaForms: { kind: 'word', title: 'ITA forms owed' },
};

/** Signals of one person, with that person's cases as scopes of their own. */
export function deriveHealth(given: SignalContext<HealthRecord>): Derived {
  const inProgram = given.person.requirements.health !== undefined;
  const context = healthContext(given);
  const cases = { case: caseScope(context), severe: severeScope(context) };
  if (!inProgram && context.record === null) return { signals: {} };
  return {
    signals: {
      inProgram,
      nothingReceived: context.record === null,
      followed: true,
      ...bloodLeadSignals(context),
      ...evaluationSignal(context),
      ...hazwoperSignal(context),
      ...silicaSignal(context),
      ...asbestosSignal(context),
      ...noiseSignal(context),
      ...hbvSignal(context),
      ...outcomeSignals(context),
    },
    scopes: { ...cases, facepiece: fitScope(context), notCleared: notClearedScope(context.record) },
    turnsAt: exposureTurns(context.person),
  };
}

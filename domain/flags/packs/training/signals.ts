import type { ItemFact, TrainingRecord } from '#domain/training';
import { fact, type Derived, type SignalContext, type SignalDeclarations } from '../../pack.ts';
import { neededItems } from './items.ts';
import { certificateSignals, lawSignals } from './law.ts';
import { policySignals, silentFromAt, unverifiedSignals } from './policy.ts';

export const trainingSignals: SignalDeclarations = {
  inTraining: { kind: 'yes_no', title: 'Training required' },
  openReview: { kind: 'word', title: 'Waits for a person' },
  silentFromAt: { kind: 'instant', title: 'Source silent since' },
  item: { kind: 'word', title: 'Item' },
  neverReceived: { kind: 'yes_no', title: 'Nothing ever received' },
  itemName: { kind: 'word', title: 'Training' },
  certificateSays: { kind: 'word', title: 'Certificate' },
  certificateEndsAt: { kind: 'last_day', title: 'Certificate: last good day' },
  certificateFromAt: { kind: 'instant', title: 'Certificate: issued' },
  firstTrainingDueAt: { kind: 'last_day', title: 'First training: last day' },
  retrainDueAt: { kind: 'last_day', title: 'Retraining: last day' },
  siteTrainingDueAt: { kind: 'instant', title: 'Site training missing since' },
  refreshDueAt: { kind: 'last_day', title: 'Refresher: last day' },
  yearlyDueAt: { kind: 'last_day', title: 'Yearly training: last day' },
  safetySays: { kind: 'word', title: 'Training' },
  safetyDueAt: { kind: 'last_day', title: 'Training: last good day' },
  craneSays: { kind: 'word', title: 'Crane' },
  craneMissing: { kind: 'word', title: 'Crane: missing' },
  craneTrainee: { kind: 'yes_no', title: 'Monitored trainee' },
  craneDueAt: { kind: 'last_day', title: 'Crane certificate: last good day' },
  craneFromAt: { kind: 'instant', title: 'Crane certificate: issued' },
  forkliftSays: { kind: 'word', title: 'Forklift evaluation' },
  forkliftDueAt: { kind: 'last_day', title: 'Forklift evaluation: last good day' },
  suspicionTrained: { kind: 'yes_no', title: 'Suspicion training done' },
  policyDueAt: { kind: 'last_day', title: 'Last day' },
  waivedUntilAt: { kind: 'last_day', title: 'Waived through' },
  toVerify: { kind: 'word', title: 'Upload' },
};

const words = (item: string): string => item.replaceAll('_', ' ');

/** No proof of any kind ever came in; an assignment alone proves nothing. */
function isUntouched({ completions, certificates, evaluations }: ItemFact): boolean {
  return completions.length === 0 && evaluations.length === 0 && Object.keys(certificates).length === 0;
}

/** One scope member per needed item; the rules of law and of policy are tried on each. */
export function deriveTraining(context: SignalContext<TrainingRecord>): Derived {
  const needs = neededItems(context.person, context.record);
  if (needs.length === 0) return { signals: {} };
  const review = context.record?.reviews[0];
  return {
    signals: {
      inTraining: true,
      openReview: review ? fact(review.reason, [review.eventId]) : null,
      silentFromAt: silentFromAt(needs, context),
    },
    scopes: {
      item: needs.map((need) => ({
        item: need.item,
        itemName: words(need.item),
        neverReceived: isUntouched(need.facts),
        ...certificateSignals(need, context),
        ...lawSignals(need, context),
        ...policySignals(need, context),
        ...unverifiedSignals(need),
      })),
    },
  };
}

import * as z from 'zod';
import type { ComplianceEvent } from '#contracts/compliance-event';

/** Something a person must look at before the record can be trusted in full. It never makes a flag green. */
export const openReviewSchema = z.object({
  eventId: z.string(),
  type: z.string(),
  subjectRef: z.string(),
  reason: z.string(),
  at: z.string(),
});
type OpenReview = z.infer<typeof openReviewSchema>;

export interface Reviewed {
  readonly reviews: readonly OpenReview[];
}

/** The record with one more open review; a later one of the same type and subject takes the earlier one's place. */
export function withReview<R extends Reviewed>(record: R, event: ComplianceEvent, reason: string): R {
  const kept = withoutSame(record.reviews, event);
  const review: OpenReview = {
    eventId: event.id,
    type: event.type,
    subjectRef: event.subjectRef,
    reason,
    at: event.occurredAt,
  };
  return { ...record, reviews: [...kept, review] };
}

/** Closes the review that an earlier event of this type and subject opened. */
export function withoutReview<R extends Reviewed>(record: R, event: ComplianceEvent): R {
  const kept = withoutSame(record.reviews, event);
  return kept.length === record.reviews.length ? record : { ...record, reviews: kept };
}

/**
 * Closes what a person settled about a subject: the reviews of the named events, or all of them when none is named. A
 * message that came late stays open: nobody has looked at it.
 */
export function closeReviews<R extends Reviewed>(
  record: R,
  subjectRef: string,
  eventIds: readonly string[] | null = null,
): R {
  const isSettled = (review: OpenReview) =>
    review.subjectRef === subjectRef && (eventIds === null || eventIds.includes(review.eventId));
  return { ...record, reviews: record.reviews.filter((review) => !isSettled(review)) };
}

function withoutSame(reviews: readonly OpenReview[], event: ComplianceEvent): OpenReview[] {
  return reviews.filter((review) => review.type !== event.type || review.subjectRef !== event.subjectRef);
}

export { createFold, type Applied, type EventOutcome, type Fold, type Handlers } from './fold.ts';
export { compareEvents, inOrder, type EventPosition } from './order.ts';
export { closeReviews, openReviewSchema, withReview, type OpenReview, type Reviewed } from './review.ts';

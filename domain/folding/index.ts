export { createFold, type Applied, type EventOutcome, type Fold, type Handlers } from './fold.ts';
export { compareEvents, type EventPosition } from './order.ts';
export { closeReviews, openReviewSchema, withReview, type Reviewed } from './review.ts';

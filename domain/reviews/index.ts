export { createReviews, type Reviews } from './service.ts';
export { readableModules, maySettle, type ReviewItem } from './list.postgres.ts';
export { syncReviews, type ReviewChanges } from './queue.postgres.ts';

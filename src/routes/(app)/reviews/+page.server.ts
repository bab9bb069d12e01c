import { ask } from '#features/ask.server.ts';
import { readReviewAddress, reviewsPageSize } from '#features/reviews/reviews-url.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url, depends }) => {
  depends('app:reviews');
  const { query, page } = readReviewAddress(url.searchParams);
  const offset = (page - 1) * reviewsPageSize;
  return {
    query,
    reviews: await ask(locals, (api) => api.reviews.list({ query, offset, limit: reviewsPageSize })),
  };
};

import { isId } from '#contracts/ids';
import { moduleNames, modules } from '#contracts/modules';
import { reviewStatuses, type ReviewModule, type ReviewQuery } from '#contracts/screens/reviews';

export const reviewsPageSize = 50;

export const reviewModuleName = (module: ReviewModule): string =>
  module === 'people' ? 'Roster' : moduleNames[module];

/** What the address of the queue asks for. */
export function readReviewAddress(parameters: URLSearchParams): { query: ReviewQuery; page: number } {
  const employee = parameters.get('employee');
  const known: readonly ReviewModule[] = [...modules, 'people'];
  return {
    query: {
      status: reviewStatuses.find((status) => status === parameters.get('status')) ?? 'open',
      module: known.find((module) => module === parameters.get('module')) ?? null,
      employeeId: isId('employee', employee) ? employee : null,
    },
    page: Math.max(1, Math.trunc(Number(parameters.get('page') ?? '1')) || 1),
  };
}

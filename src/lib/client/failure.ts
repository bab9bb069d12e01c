import { TRPCClientError } from '@trpc/client';

/** What a screen shows of a question that failed. */
export interface ShownFailure {
  readonly message: string;
  /** `module.what_happened`; null when the server was not reached. */
  readonly code: string | null;
  readonly reference: string | null;
  readonly signedOut: boolean;
}

/** Words of the server where it gave any; else that it was not reached. */
export function shownFailure(error: unknown): ShownFailure {
  const failure = error instanceof TRPCClientError ? failureIn(error.data) : null;
  if (failure === null) {
    return {
      message: 'Plumbline could not be reached. Check your connection, then try again.',
      code: null,
      reference: null,
      signedOut: false,
    };
  }
  return failure;
}

function failureIn(data: unknown): ShownFailure | null {
  if (typeof data !== 'object' || data === null || !('failure' in data)) return null;
  const { failure } = data;
  if (typeof failure !== 'object' || failure === null) return null;
  const { message, code, reference, status } = failure as Record<string, unknown>;
  if (typeof message !== 'string') return null;
  return {
    message,
    code: typeof code === 'string' ? code : null,
    reference: typeof reference === 'string' ? reference : null,
    signedOut: status === 401,
  };
}

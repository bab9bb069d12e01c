import { TRPCError } from '@trpc/server';
import { ZodError } from 'zod';
import { PlumblineError, errorKinds, type ErrorPlace } from '#platform/errors';

/** What a screen may know about a failure: never engine text. */
export interface Failure {
  readonly status: number;
  /** `module.what_happened`. */
  readonly code: string;
  readonly message: string;
  readonly reference: string;
  readonly places: readonly ErrorPlace[];
  readonly retryAfterS: number | null;
}

/** The cause that explains a failure: tRPC wraps what a procedure throws. */
export function rootCause(error: unknown): unknown {
  return error instanceof TRPCError && error.cause !== undefined ? error.cause : error;
}

/** Turns anything thrown into what may be shown. Unknown errors say nothing but the reference. */
export function describeFailure(error: unknown, reference: string): Failure {
  const cause = rootCause(error);
  if (cause instanceof PlumblineError) return ofPlumbline(cause, reference);
  if (cause instanceof ZodError) return ofZod(cause, reference);
  if (error instanceof TRPCError) return ofTrpc(error, reference);
  return internal(reference);
}

/** The same as an error that tRPC answers with the right status. */
export function toTrpcError(error: unknown): TRPCError {
  const cause = rootCause(error);
  if (cause instanceof PlumblineError) {
    return new TRPCError({ code: errorKinds[cause.kind].trpc, message: cause.detail, cause });
  }
  if (error instanceof TRPCError) return error;
  return new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause });
}

function ofPlumbline(error: PlumblineError, reference: string): Failure {
  return {
    status: errorKinds[error.kind].http,
    code: error.code,
    message: error.detail,
    reference,
    places: error.places,
    retryAfterS: error.retryAfterS ?? null,
  };
}

function ofZod(error: ZodError, reference: string): Failure {
  return {
    status: 400,
    code: 'request.malformed',
    message: 'The request is not in the expected form.',
    reference,
    places: error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message })),
    retryAfterS: null,
  };
}

const trpcWords: Partial<Record<TRPCError['code'], { status: number; code: string; message: string }>> = {
  UNAUTHORIZED: { status: 401, code: 'session.missing', message: 'You are signed out. Sign in to go on.' },
  NOT_FOUND: { status: 404, code: 'request.unknown', message: 'There is no such procedure.' },
  BAD_REQUEST: {
    status: 400,
    code: 'request.malformed',
    message: 'The request is not in the expected form.',
  },
  PAYLOAD_TOO_LARGE: { status: 413, code: 'request.too_large', message: 'The request is too large.' },
  METHOD_NOT_SUPPORTED: {
    status: 405,
    code: 'request.method',
    message: 'This procedure takes another method.',
  },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, code: 'request.media_type', message: 'Send JSON.' },
};

function ofTrpc(error: TRPCError, reference: string): Failure {
  const words = trpcWords[error.code];
  return words ? { ...words, reference, places: [], retryAfterS: null } : internal(reference);
}

function internal(reference: string): Failure {
  return {
    status: 500,
    code: 'internal.unexpected',
    message: `Something failed here, and it has been logged. If it happens again, tell support ${reference}.`,
    reference,
    places: [],
    retryAfterS: null,
  };
}

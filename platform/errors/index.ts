/**
 * Kinds of failure. Each has one HTTP status and one tRPC code; `detail` is safe to show, `internal` is only logged.
 * Codes are `module.what_went_wrong`, unique across the code base.
 */
export const errorKinds = {
  malformed: { http: 400, trpc: 'BAD_REQUEST' },
  unauthenticated: { http: 401, trpc: 'UNAUTHORIZED' },
  forbidden: { http: 403, trpc: 'FORBIDDEN' },
  not_found: { http: 404, trpc: 'NOT_FOUND' },
  not_allowed: { http: 405, trpc: 'METHOD_NOT_SUPPORTED' },
  conflict: { http: 409, trpc: 'CONFLICT' },
  too_large: { http: 413, trpc: 'PAYLOAD_TOO_LARGE' },
  invalid: { http: 422, trpc: 'UNPROCESSABLE_CONTENT' },
  limited: { http: 429, trpc: 'TOO_MANY_REQUESTS' },
  unavailable: { http: 503, trpc: 'SERVICE_UNAVAILABLE' },
  internal: { http: 500, trpc: 'INTERNAL_SERVER_ERROR' },
} as const;

export type ErrorKind = keyof typeof errorKinds;

/** Where in the input something is wrong, and what. */
export interface ErrorPlace {
  /** JSON path (`data.object.id`), XML line:column (`line 3, column 14`) or CSV row (`row 12, column DOB`). */
  path: string;
  message: string;
}

export interface PlumblineErrorOptions {
  kind: ErrorKind;
  /** e.g. `ingest.signature_invalid`. */
  code: string;
  /** What happened, to what, what to do. Safe to show to the caller. */
  detail: string;
  places?: readonly ErrorPlace[];
  retryAfterS?: number;
  /** For the log only: may carry engine text. */
  internal?: string;
  cause?: unknown;
}

export class PlumblineError extends Error {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly detail: string;
  readonly places: readonly ErrorPlace[];
  readonly retryAfterS: number | undefined;
  readonly internal: string | undefined;

  constructor(options: PlumblineErrorOptions) {
    super(`${options.code}: ${options.detail}`, { cause: options.cause });
    this.name = 'PlumblineError';
    this.kind = options.kind;
    this.code = options.code;
    this.detail = options.detail;
    this.places = options.places ?? [];
    this.retryAfterS = options.retryAfterS;
    this.internal = options.internal;
  }
}

/** The error as RFC 9457 problem+json, without internals. `reference` lets support find the log line. */
export function toProblem(error: PlumblineError, reference: string) {
  return {
    type: `https://plumbline.dev/problems/${error.code}`,
    title: error.code,
    status: errorKinds[error.kind].http,
    detail: error.detail,
    reference,
    ...(error.places.length > 0 ? { errors: error.places } : {}),
  };
}

import type { ServerResponse } from 'node:http';
import { PlumblineError, errorKinds, toProblem, type ErrorKind } from '#platform/errors';
import type { ParseFailure, Verification } from '../source.ts';

/** An error of the door. `code` without its prefix is the reason that is counted. */
export function refusal(
  kind: ErrorKind,
  reason: string,
  detail: string,
  more: Partial<Pick<PlumblineError, 'places'>> & { retryAfterS?: number; cause?: unknown } = {},
): PlumblineError {
  return new PlumblineError({ kind, code: `ingest.${reason}`, detail, ...more });
}

export function notVerified(answer: Extract<Verification, { ok: false }>): PlumblineError {
  return refusal('unauthenticated', answer.reason, answer.detail);
}

export function notParsed(failure: ParseFailure, title: string): PlumblineError {
  return failure.stage === 'syntax'
    ? refusal(
        'malformed',
        'body_unreadable',
        `The body cannot be read: ${failure.detail}. Send what ${title} documents.`,
        {
          places: failure.places,
        },
      )
    : refusal(
        'invalid',
        'body_unexpected',
        `The body is ${failure.detail}. It was kept; correct it and send it again.`,
        {
          places: failure.places,
        },
      );
}

/** Nothing was acknowledged, so the sender's own retry brings the message again. */
export function notStored(cause: unknown): PlumblineError {
  const retryAfterS = cause instanceof PlumblineError ? (cause.retryAfterS ?? 5) : 5;
  return refusal(
    'unavailable',
    'not_stored',
    'The message could not be stored and was not accepted. Send it again later.',
    {
      retryAfterS,
      cause,
    },
  );
}

/** Answers with problem+json (RFC 9457). */
export function sendProblem(
  response: ServerResponse,
  error: PlumblineError,
  reference: string,
  close = false,
): void {
  const body = JSON.stringify(toProblem(error, reference));
  response.writeHead(errorKinds[error.kind].http, {
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    ...(error.retryAfterS === undefined ? {} : { 'retry-after': String(error.retryAfterS) }),
    ...(error.kind === 'unauthenticated' ? { 'www-authenticate': 'Webhook' } : {}),
    ...(close ? { connection: 'close' } : {}),
  });
  response.end(body);
}

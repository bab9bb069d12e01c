import { PlumblineError } from '#platform/errors';

/** Words by which both libraries tell that a record was too large for the topic or the broker. */
const tooLarge = /MESSAGE_TOO_LARGE|RECORD_LIST_TOO_LARGE|larger than the max message size/i;

/** Whatever a Kafka library throws, as an error of the log: the cluster is not there, or refuses what it was given. */
export function toLogError(error: unknown): PlumblineError {
  if (error instanceof PlumblineError) return error;
  if (error instanceof Error && tooLarge.test(describe(error))) {
    return new PlumblineError({
      kind: 'too_large',
      code: 'event_log.record_too_large',
      detail: 'A record is larger than the topic takes.',
      cause: error,
    });
  }
  return new PlumblineError({
    kind: 'unavailable',
    code: 'event_log.unreachable',
    detail: 'The event log cannot be reached. Try again shortly.',
    retryAfterS: 5,
    cause: error,
  });
}

function describe(error: Error): string {
  const inner: unknown[] = error instanceof AggregateError ? error.errors : [];
  const api = 'apiId' in error ? String(error.apiId) : 'type' in error ? String(error.type) : '';
  const parts = inner.filter((one) => one instanceof Error).map(describe);
  return [api, error.message, ...parts].join(' ');
}

import { PlumblineError } from '#platform/errors';

export function appendInTransaction(): PlumblineError {
  return new PlumblineError({
    kind: 'internal',
    code: 'event_log.append_in_transaction',
    detail:
      'A record was appended inside a transaction, which may still roll back. Add it to the outbox instead.',
  });
}

export function closed(): PlumblineError {
  return new PlumblineError({
    kind: 'unavailable',
    code: 'event_log.closed',
    detail: 'The event log is closing. Try again shortly.',
    retryAfterS: 5,
  });
}

export function topicsDiffer(group: string): PlumblineError {
  return new PlumblineError({
    kind: 'internal',
    code: 'event_log.group_topics_differ',
    detail: `All members of consumer group ${group} must subscribe to the same topics.`,
  });
}

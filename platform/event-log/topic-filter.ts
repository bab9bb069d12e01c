import { PlumblineError } from '#platform/errors';

/** A subscription: exact topics and prefixes. */
export interface TopicFilter {
  readonly exact: readonly string[];
  readonly prefixes: readonly string[];
  matches(topic: string): boolean;
}

// Kafka's own rule for topic names, so that they can move there.
const topicName = /^[a-zA-Z0-9._-]{1,249}$/;

export function isTopicName(topic: string): boolean {
  return topicName.test(topic);
}

/** Reads `compliance.*` as a prefix and everything else as a name. Throws `event_log.topic_invalid`. */
export function createTopicFilter(topics: readonly string[]): TopicFilter {
  const prefixes = topics.filter((topic) => topic.endsWith('*')).map((topic) => topic.slice(0, -1));
  const exact = topics.filter((topic) => !topic.endsWith('*'));
  const wrong = [...exact, ...prefixes.filter((prefix) => prefix !== '')].find(
    (topic) => !isTopicName(topic),
  );
  if (wrong !== undefined || topics.length === 0) throw topicInvalid(wrong ?? '');
  const names = new Set(exact);
  const known = new Map<string, boolean>();
  return {
    exact,
    prefixes,
    matches: (topic) => {
      let answer = known.get(topic);
      if (answer === undefined) {
        answer = names.has(topic) || prefixes.some((prefix) => topic.startsWith(prefix));
        known.set(topic, answer);
      }
      return answer;
    },
  };
}

export function topicInvalid(topic: string): PlumblineError {
  return new PlumblineError({
    kind: 'invalid',
    code: 'event_log.topic_invalid',
    detail: `"${topic}" is no topic name: use 1 to 249 letters, digits, ".", "_" and "-".`,
  });
}

import { noAuditQuery, type AuditQuery } from '#contracts/screens/audit';

export const auditPageSize = 50;

const actorTypes = ['user', 'system', 'vendor'] as const;
const isDay = (text: string | null): text is string => text !== null && /^\d{4}-\d{2}-\d{2}$/.test(text);

export interface AuditAddress {
  readonly query: AuditQuery;
  /** Entries before this sequence; null = the newest. */
  readonly before: number | null;
}

/** What the address of the log asks for. */
export function readAuditAddress(parameters: URLSearchParams): AuditAddress {
  const text = (name: string, most: number): string | null =>
    parameters.get(name)?.trim().slice(0, most) || null;
  const before = Number(parameters.get('before'));
  const from = parameters.get('from');
  const to = parameters.get('to');
  return {
    query: {
      ...noAuditQuery,
      text: text('q', 200) ?? '',
      actorType: actorTypes.find((type) => type === parameters.get('actor')) ?? null,
      act: text('act', 100),
      subjectType: text('subjectType', 60),
      subjectId: text('subjectId', 100),
      from: isDay(from) ? from : null,
      to: isDay(to) ? to : null,
    },
    before: Number.isSafeInteger(before) && before > 0 ? before : null,
  };
}

const verbs: Readonly<Record<string, string>> = {
  'flags:flag:change': 'changed a flag',
  'records:event:apply': 'applied an event',
  'alerts:alert:raise': 'raised an alert',
  'alerts:alert:resolve': 'ended an alert',
  'alerts:alert:acknowledge': 'acknowledged an alert',
  'alerts:alert:assign': 'assigned an alert',
  'alerts:alert:mute': 'muted an alert',
  'alerts:alert:reopen': 'brought back an alert',
  'people:employee:create': 'added a person',
  'people:employee:update': 'changed a person',
  'people:employees:insert': 'added people',
  'people:list:export': 'exported the people list',
};

/** An act in words; unknown ones read from their parts: `rules:rule:publish` → "rule publish". */
export function actWords(act: string): string {
  return verbs[act] ?? act.split(':').slice(1).join(' ').replaceAll('_', ' ');
}

/** Where the subject of an entry can be seen; null = nowhere. */
export function subjectHref(subject: { type: string; id: string }): string | null {
  return subject.type === 'employee' ? `/people/${subject.id}` : null;
}

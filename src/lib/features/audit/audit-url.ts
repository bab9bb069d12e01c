import { flagColours, flagWords } from '#contracts/flags';
import { moduleNames } from '#contracts/modules';
import { noAuditQuery, type AuditDifference, type AuditQuery, type AuditRow } from '#contracts/screens/audit';

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
  'people:employee:phase': 'moved on by the calendar',
  'people:reference:link': "linked another system's id",
  'people:division:save': 'saved a division',
  'people:location:save': 'saved a location',
  'people:job_role:save': 'saved a job role',
  'identity:session:start': 'signed in',
  'identity:session:end': 'signed out',
  'identity:session:refuse': 'was refused at sign-in',
  'identity:membership:grant': 'gave a role',
  'identity:membership:change': 'changed a role',
  'identity:membership:revoke': 'took a role away',
  'identity:tenant:create': 'opened a company',
  'ingest:endpoint:create': 'added an integration',
  'ingest:review_item:resolve': 'settled a review',
  'people:list:export': 'exported the people list',
};

/** An act in words; unknown ones read from their parts: `rules:rule:publish` → "rule publish". */
export function actWords(act: string): string {
  return verbs[act] ?? act.split(':').slice(1).join(' ').replaceAll('_', ' ');
}

/** What tells most, first; ids and instants are in the detail. */
const telling = ['type', 'flag', 'hold', 'status', 'severity', 'name', 'role', 'phase', 'rules'];

/** The change in one line: `DOT, flag due → non-compliant, hold no → yes`. */
export function briefOf(row: Pick<AuditRow, 'hidden' | 'module' | 'differences'>): string {
  if (row.hidden !== '') return row.hidden;
  const known = telling.flatMap((path) => row.differences.filter((one) => one.path === path));
  const shown =
    known.length > 0 ? known : row.differences.filter((one) => !/^module$|(?:Id|Ids|At|Ref)$/.test(one.path));
  const values = shown.slice(0, 4).map(oneChange);
  return (row.module === null ? values : [moduleNames[row.module], ...values]).join(', ');
}

function oneChange({ path, before, after }: AuditDifference): string {
  const [was, is] = [valueWords(before), valueWords(after)];
  if (path === 'type') return is ?? was ?? '';
  if (was === null) return `${path} ${is ?? ''}`;
  return `${path} ${was} → ${is ?? 'removed'}`;
}

function valueWords(value: string | null): string | null {
  const flag = flagColours.find((one) => one === value);
  if (flag !== undefined) return flag === 'none' ? 'none' : flagWords[flag].toLowerCase();
  return value === 'true' ? 'yes' : value === 'false' ? 'no' : value;
}

/** Where the subject of an entry can be seen; null = nowhere. */
export function subjectHref(subject: { type: string; id: string }): string | null {
  return subject.type === 'employee' ? `/people/${subject.id}` : null;
}

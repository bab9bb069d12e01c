import { moduleNames } from '#contracts/modules';
import { piiExportSchema, type PiiExport } from '#contracts/screens/approvals';
import type { ApprovalAct } from '#domain/approvals';
import { can, type Scope } from '#domain/identity';
import type { People } from '#domain/people';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import type { Board } from '../board/model.ts';
import { boardQueryOf } from '../board/people-query.ts';
import type { Places } from '../board/person.ts';
import { namedPeopleCsv, phaseWords } from '../people-csv.ts';

export interface PeopleWithNamesDeps {
  readonly board: Board;
  readonly people: Pick<People, 'list'>;
  readonly clock: Clock;
}

/** People fetched at once, the most that a page of the roster holds. */
const pageSize = 500;

/** The list of people with names: as the requester sees it when it is fetched, within the filters that were approved. */
export function createPeopleWithNames({ board, people, clock }: PeopleWithNamesDeps): ApprovalAct {
  return {
    async plan(scope, payload) {
      const order = piiExportSchema.parse(payload);
      if (!order.modules.every((module) => can(scope, 'view', module))) throw notSeen();
      const places = await board.places(scope);
      requireKnown(order, places);
      const { people: found } = await board.list(scope, boardQueryOf(order.query));
      const modules = order.modules.map((module) => moduleNames[module]).join(', ');
      return {
        title: `List of ${countOf(found.length)} with names`,
        effects: [
          `One CSV file with name, number and e-mail address of ${countOf(found.length)}, as they are when it is fetched: ${filterWords(order, places)}.`,
          `For each of them flag, hold and due date in ${modules}.`,
          'Whoever asked can fetch it once, within 24 hours of the approval. No copy is kept here.',
        ],
        areas: order.modules,
      };
    },
    async make(scope, { payload }) {
      const order = piiExportSchema.parse(payload);
      const list = await board.list(scope, boardQueryOf(order.query));
      const emails = await readEmails(people, scope);
      const places = await board.places(scope);
      return {
        outcome: `${countOf(list.people.length)} handed out.`,
        file: {
          name: `people-with-names-${clock.now().slice(0, 10)}.csv`,
          type: 'text/csv; charset=utf-8',
          text: namedPeopleCsv(list.sighting, list.people, places, order.modules, emails),
        },
      };
    },
  };
}

async function readEmails(people: Pick<People, 'list'>, scope: Scope): Promise<Map<string, string>> {
  const emails = new Map<string, string>();
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<People['list']>> = await people.list(
      scope,
      {},
      { limit: pageSize, ...(after !== null && { after }) },
    );
    for (const { id, email } of page.employees) if (email !== null) emails.set(id, email);
    after = page.next;
  } while (after !== null);
  return emails;
}

const countOf = (people: number): string => (people === 1 ? '1 person' : `${people} people`);

function filterWords({ query }: PiiExport, places: Places): string {
  const parts = [
    namesOf('division', query.divisionIds, places.divisions),
    namesOf('site', query.locationIds, places.locations),
    namesOf('job role', query.jobRoleIds, places.jobRoles),
    query.phases.length === 0
      ? ''
      : query.phases.map((phase) => phaseWords[phase].toLowerCase()).join(' or '),
    query.text === '' ? '' : `found by "${query.text}"`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'everybody whom the requester sees' : parts.join('; ');
}

function namesOf(
  word: string,
  ids: readonly string[],
  places: readonly { readonly id: string; readonly name: string }[],
): string {
  if (ids.length === 0) return '';
  const names = ids.map((id) => places.find((place) => place.id === id)?.name ?? id);
  return `${word} ${names.join(' or ')}`;
}

/** What is asked for stands in the log, word for word: an id that the requester does not see must not come into it. */
function requireKnown({ query }: PiiExport, places: Places): void {
  const known = new Set(
    [...places.divisions, ...places.locations, ...places.jobRoles].map(({ id }): string => id),
  );
  const asked = [...query.divisionIds, ...query.locationIds, ...query.jobRoleIds];
  if (asked.every((id) => known.has(id))) return;
  throw new PlumblineError({
    kind: 'not_found',
    code: 'approvals.place_unknown',
    detail: 'A division, site or job role of the filters is none of those of the people you see.',
  });
}

function notSeen(): PlumblineError {
  return new PlumblineError({
    kind: 'forbidden',
    code: 'approvals.module_not_seen',
    detail: 'An export with names holds only modules that you may see in full.',
  });
}

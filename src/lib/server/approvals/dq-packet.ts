import { dqPacketSchema } from '#contracts/screens/approvals';
import type { FileItem } from '#contracts/screens/person';
import type { ApprovalAct } from '#domain/approvals';
import type { People } from '#domain/people';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import type { PersonPages } from '../person/pages.ts';

interface Deps {
  readonly people: Pick<People, 'get'>;
  readonly persons: Pick<PersonPages, 'page'>;
  readonly clock: Clock;
}

/**
 * A driver's qualification file (49 CFR 391.51) as one JSON document, section by section: what is on file, of which day,
 * how long it is good, by which events it is known, and what is missing. The papers themselves stay with who keeps them.
 */
export function createDqPacket({ people, persons, clock }: Deps): ApprovalAct {
  return {
    async plan(scope, payload) {
      const { employeeId } = dqPacketSchema.parse(payload);
      const { firstName, lastName } = await people.get(scope, employeeId);
      const name = `${firstName ?? ''} ${lastName ?? ''}`.trim();
      return {
        title: `DQ packet of ${name}`,
        effects: [
          `One JSON file with the qualification file of ${name} (49 CFR 391.51), section by section, as it stands when it is fetched: states, dates, notes and the events behind them.`,
          'Whoever asked can fetch it once, within 24 hours of the approval. No copy is kept here.',
        ],
        areas: ['dot'],
      };
    },
    async make(scope, request, context) {
      const { employeeId } = dqPacketSchema.parse(request.payload);
      const page = await persons.page(scope, employeeId, null, context);
      if (page.qualification === null) throw noFile();
      const packet = {
        regulation: '49 CFR 391.51',
        asOf: clock.now(),
        driver: { name: page.head.name, number: page.head.number, hiredOn: page.head.hiredOn },
        requestedBy: request.requestedBy.name,
        approvedBy: request.decision?.by.name ?? null,
        reason: request.reason,
        sections: page.qualification.map(sectionOf),
      };
      const missing = page.qualification.filter(
        ({ state }) => state === 'missing' || state === 'late',
      ).length;
      return {
        outcome: `${page.qualification.length} sections handed out, ${missing} of them missing or late.`,
        file: {
          name: `dq-packet-${page.head.number ?? employeeId}-${clock.now().slice(0, 10)}.json`,
          type: 'application/json',
          text: `${JSON.stringify(packet, null, 2)}\n`,
        },
      };
    },
  };
}

function sectionOf({ title, citation, state, on, until, note, eventIds }: FileItem) {
  return { title, citation, state, on, until, note, events: eventIds };
}

function noFile(): PlumblineError {
  return new PlumblineError({
    kind: 'not_found',
    code: 'approvals.no_qualification_file',
    detail: 'No qualification file is asked for of this person.',
  });
}

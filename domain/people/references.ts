import type { EmployeeId } from '#contracts/ids';
import type { ActContext, AuditDraft } from '#domain/audit';

/** Another system's id of a person. */
export interface Reference {
  readonly system: string;
  readonly value: string;
  readonly employeeId: EmployeeId;
}

/** One that a vendor's message told. */
export interface LearnedReference extends Reference {
  readonly vendor: string;
}

export function linked(link: Reference, context: ActContext): AuditDraft {
  return {
    ...context,
    act: 'people:reference:link',
    subject: { type: 'employee', id: link.employeeId },
    personal: true,
    after: { system: link.system, value: link.value },
  };
}

/** Vendors' messages teach many ids at once: one entry tells them all. */
export function learned(links: readonly Reference[], context: ActContext): AuditDraft {
  return {
    ...context,
    act: 'people:reference:learn',
    subject: { type: 'employee_references', id: context.actor.id },
    // The ids themselves are personal and lie in employee_references; the log says whose were learned.
    after: links.map(({ system, employeeId }) => `${system} ${employeeId}`),
  };
}

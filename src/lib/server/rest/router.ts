import * as z from 'zod';
import {
  employeeFlagsSchema,
  getAuditEntrySchema,
  getEmployeeSchema,
  getProgramSchema,
  listAuditSchema,
  listEmployeesSchema,
  listEventsSchema,
  listFlagsSchema,
  listProgramsSchema,
  submitEventSchema,
} from '#contracts/api/requests';
import {
  apiAuditEntrySchema,
  apiEmployeeSchema,
  apiEventReceiptSchema,
  apiEventSchema,
  apiFlagSchema,
  apiProgramSchema,
  pageOf,
} from '#contracts/api/resources';
import { modules } from '#contracts/modules';
import { can } from '#domain/identity';
import type { People } from '#domain/people';
import { PlumblineError } from '#platform/errors';
import type { Keys } from '#platform/keys';
import type { Postgres } from '#platform/postgres';
import { listAccess } from '../access.ts';
import type { Board } from '../board/model.ts';
import type { Context } from '../context.ts';
import type { Api } from '../router.ts';
import { createCallerFactory, router, scopedProcedure } from '../trpc.ts';
import { listAudit } from './audit.ts';
import { listEmployees, toApiEmployee } from './employees.ts';
import { listEvents, submitEvent, type SubmitDeps } from './events.ts';
import { createFlagLists, programOf } from './flags.ts';

export interface RestDeps extends SubmitDeps {
  readonly postgres: Postgres;
  readonly board: Board;
  readonly people: People;
  readonly keys: Keys;
  /** The procedures of the pages, where the API answers the same. */
  readonly pages: (context: Context) => Api;
}

const seer = scopedProcedure('any-module', 'see');
const auditor = scopedProcedure('administration', 'view');

/**
 * What the public API can do. Procedures like those of the pages: the same middleware makes their scope, the same
 * services answer. HTTP and the OpenAPI document are made from their schemas (`operations.ts`).
 */
export function createRestRouter(deps: RestDeps) {
  const { board, people } = deps;
  const flags = createFlagLists(board);
  const made = router({
    listEmployees: seer
      .input(listEmployeesSchema)
      .output(pageOf(apiEmployeeSchema))
      .query(({ ctx: { scope }, input }) => listEmployees(people, scope, input)),
    getEmployee: seer
      .input(getEmployeeSchema)
      .output(apiEmployeeSchema)
      .query(async ({ ctx: { scope }, input }) => toApiEmployee(await people.get(scope, input.employeeId))),
    employeeFlags: seer
      .input(employeeFlagsSchema)
      .output(z.object({ data: z.array(apiFlagSchema) }))
      .query(async ({ ctx: { scope }, input }) => ({
        data: await flags.ofEmployee(scope, input.employeeId),
      })),
    listFlags: seer
      .input(listFlagsSchema)
      .output(pageOf(apiFlagSchema))
      .query(({ ctx: { scope }, input }) => flags.list(scope, input)),
    listPrograms: seer
      .input(listProgramsSchema)
      .output(z.object({ data: z.array(apiProgramSchema) }))
      .query(async ({ ctx: { scope }, input }) => {
        const seen = modules.filter((module) => can(scope, 'see', module));
        const places = { divisionIds: input.divisionId ?? [], locationIds: input.locationId ?? [] };
        return { data: await Promise.all(seen.map((module) => programOf(board, scope, module, places))) };
      }),
    getProgram: seer
      .input(getProgramSchema)
      .output(apiProgramSchema)
      .query(({ ctx: { scope }, input: { program } }) => {
        if (!can(scope, 'see', program)) throw programHidden(program);
        return programOf(board, scope, program, { divisionIds: [], locationIds: [] });
      }),
    ...eventProcedures(deps),
    listAudit: auditor
      .input(listAuditSchema)
      .output(pageOf(apiAuditEntrySchema))
      .query(({ ctx, input }) => listAudit(deps.pages(ctx), input)),
    getAuditEntry: auditor
      .input(getAuditEntrySchema)
      .output(apiAuditEntrySchema)
      .query(({ ctx, input }) => deps.pages(ctx).audit.get({ id: input.entryId })),
  });
  listAccess(made);
  return made;
}

function eventProcedures(deps: RestDeps) {
  const { postgres, keys } = deps;
  return {
    listEvents: scopedProcedure('any-module', 'view')
      .input(listEventsSchema)
      .output(pageOf(apiEventSchema))
      .query(({ ctx: { scope }, input }) =>
        postgres.asViewer(scope, (tx) => listEvents(keys, tx, scope, input)),
      ),
    submitEvent: scopedProcedure('any-module', 'write')
      .input(submitEventSchema)
      .output(apiEventReceiptSchema)
      .mutation(({ ctx: { scope, write }, input }) => {
        if (write === undefined) throw new Error('a write of the API comes without its transaction');
        return submitEvent(deps, write.tx, {
          scope,
          body: input,
          dedupeKey: write.dedupeKey,
          act: write.act,
        });
      }),
  };
}

export type RestRouter = ReturnType<typeof createRestRouter>;
export const createRestCaller = (made: RestRouter) => createCallerFactory(made);
export type RestApi = ReturnType<ReturnType<typeof createRestCaller>>;

function programHidden(program: string): PlumblineError {
  return new PlumblineError({
    kind: 'forbidden',
    code: 'api.program_hidden',
    detail: `Seeing this program needs one of the scopes ${program}:view, ${program}:status.`,
  });
}

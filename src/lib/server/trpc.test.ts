import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { createCountingIds } from '#platform/ids';
import { PlumblineError } from '#platform/errors';
import { listAccess } from './access.ts';
import { describeFailure } from './failures.ts';
import {
  createCallerFactory,
  ownProcedure,
  publicProcedure,
  router,
  scopedProcedure,
  signedInProcedure,
} from './trpc.ts';
import { contextOf, viewer } from './testing.ts';

const ids = createCountingIds();
const tenantId = ids.next('tenant');

const app = router({
  open: publicProcedure.query(() => 'open'),
  mine: signedInProcedure.query(({ ctx }) => ctx.session.viewer.user.name),
  own: ownProcedure.query(({ ctx }) => ctx.scope.ownEmployeeId),
  approve: scopedProcedure('background', 'approve').query(({ ctx }) => ctx.scope.role),
  fails: publicProcedure.query(() => {
    throw new PlumblineError({
      kind: 'conflict',
      code: 'people.employee_exists',
      detail: 'There is an employee with this number.',
      internal: 'duplicate key value violates unique constraint',
    });
  }),
  breaks: publicProcedure.query(() => {
    throw new Error('relation "employees" does not exist');
  }),
  asks: publicProcedure.input(z.object({ limit: z.int() })).query(({ input }) => input.limit),
});
const call = createCallerFactory(app);
const as = (role: Parameters<typeof viewer>[1] | null) =>
  call(contextOf(role === null ? null : viewer(tenantId, role)));

describe('a procedure', () => {
  test('that is public needs no session', async () => {
    expect(await as(null).open()).toBe('open');
  });

  test('that needs a session refuses without one', async () => {
    await expect(as(null).mine()).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    await expect(as(null).approve()).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    expect(await as({ role: null }).mine()).toBe('Dana Ruiz');
  });

  test('gets a scope made for its right', async () => {
    expect(await as({ role: 'DER' }).approve()).toBe('DER');
  });

  test('refuses by naming the right that is missing', async () => {
    const refused = as({ role: 'SafetyManager', divisionIds: [] }).approve();
    await expect(refused).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringMatching(/approve.*Background.*Safety manager/),
    });
  });

  test('for one’s own record gives that record, whatever the role', async () => {
    const employeeId = ids.next('employee');
    expect(await as({ role: 'CompanyAdmin', employeeId }).own()).toBe(employeeId);
    await expect(as({ role: 'CompanyAdmin' }).own()).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => describeFailure(error, 'req_1'),
  );

describe('a failure', () => {
  test('keeps its code and words, and hides what is internal', async () => {
    const failure = await failureOf(as(null).fails());
    expect(failure).toMatchObject({ status: 409, code: 'people.employee_exists', reference: 'req_1' });
    expect(JSON.stringify(failure)).not.toContain('duplicate key');
  });

  test('that nobody expected says nothing but its reference', async () => {
    const failure = await failureOf(as(null).breaks());
    expect(failure).toMatchObject({ status: 500, code: 'internal.unexpected' });
    expect(failure?.message).toContain('req_1');
    expect(JSON.stringify(failure)).not.toContain('relation');
  });

  test('of the input names the place', async () => {
    const failure = await failureOf(as(null).asks({ limit: 'x' } as never));
    expect(failure).toMatchObject({ status: 400, code: 'request.malformed', places: [{ path: 'limit' }] });
  });
});

test('a router with a procedure that declares nothing does not start', () => {
  expect([...listAccess(app).keys()]).toEqual(['open', 'mine', 'own', 'approve', 'fails', 'breaks', 'asks']);
  expect(listAccess(app).get('approve')).toEqual({ area: 'background', right: 'approve' });
  expect(() => listAccess({ _def: { procedures: { bare: Object.assign(() => 1, { _def: {} }) } } })).toThrow(
    'procedure bare declares no access',
  );
});

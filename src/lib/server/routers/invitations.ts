import * as z from 'zod';
import { idSchema } from '#contracts/ids';
import { roleNames, type FrameTenant } from '#contracts/screens/frame';
import {
  invitationsPageSchema,
  newInvitationSchema,
  shownInvitationSchema,
} from '#contracts/screens/invitations';
import { isPrivileged, portals, type Invitations, type Viewer } from '#domain/identity';
import { actContextOf } from '../context.ts';
import { publicProcedure, router, scopedProcedure } from '../trpc.ts';

export interface InvitationsRouterDeps {
  readonly invitations: Invitations;
  listTenants(viewer: Viewer): Promise<FrameTenant[]>;
}

const administrator = scopedProcedure('administration', 'write');
const idInput = z.object({ id: idSchema('invitation') });
/** 32 random bytes. Who has it was sent it: it is all that the two public procedures ask for. */
const tokenInput = z.object({ token: z.string().regex(/^[\w-]{43}$/) });
const mailed = z.object({ mailed: z.boolean() });

export function createInvitationsRouter({ invitations, listTenants }: InvitationsRouterDeps) {
  return router({
    list: administrator.output(invitationsPageSchema).query(async ({ ctx }) => {
      const [rows, tenant] = [await invitations.list(ctx.scope), await tenantOf(listTenants, ctx)];
      const labelOf = (role: keyof typeof roleNames) => tenant?.roleLabels[role] ?? roleNames[role];
      const given = portals[tenant?.kind ?? 'service'].filter((role) => !isPrivileged(role));
      return {
        rows: rows.map((row) => ({
          ...row,
          roleLabel: labelOf(row.role),
          places: (row.divisionIds?.length ?? 0) + (row.locationIds?.length ?? 0),
          invitedBy: row.invitedBy.name,
        })),
        roles: given.map((role) => ({ role, label: labelOf(role), limited: limitedRoles.includes(role) })),
      };
    }),
    invite: administrator
      .input(newInvitationSchema)
      .output(mailed)
      .mutation(async ({ ctx, input }) => {
        const made = await invitations.invite(ctx.scope, input, actContextOf(ctx));
        return { mailed: made.mailed };
      }),
    resend: administrator
      .input(idInput)
      .output(mailed)
      .mutation(({ ctx, input }) => invitations.resend(ctx.scope, input.id, actContextOf(ctx))),
    revoke: administrator.input(idInput).mutation(async ({ ctx, input }) => {
      await invitations.revoke(ctx.scope, input.id, actContextOf(ctx));
    }),
    show: publicProcedure
      .input(tokenInput)
      .output(shownInvitationSchema)
      .query(async ({ ctx, input }) => {
        const shown = await invitations.show(input.token);
        return { ...shown, signedIn: ctx.session?.viewer.user.email === shown.email };
      }),
    accept: publicProcedure
      .input(tokenInput.extend({ password: z.string().max(200).nullable() }))
      .output(z.object({ email: z.string() }))
      .mutation(async ({ ctx, input }) => {
        const { email } = await invitations.accept(input.token, {
          signedIn: ctx.session?.viewer.user.id ?? null,
          password: input.password,
          ip: ctx.ip,
          requestId: ctx.reference,
        });
        return { email };
      }),
  });
}

/** Roles that reach nobody until they are given places. */
const limitedRoles: readonly string[] = ['SafetyManager', 'SiteSupervisor'];

async function tenantOf(
  listTenants: InvitationsRouterDeps['listTenants'],
  { session }: { readonly session: { readonly viewer: Viewer } },
): Promise<FrameTenant | undefined> {
  const tenants = await listTenants(session.viewer);
  return tenants.find(({ id }) => id === session.viewer.actingTenantId);
}

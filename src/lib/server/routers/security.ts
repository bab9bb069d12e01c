import * as z from 'zod';
import {
  ownFactorsSchema,
  securitySchema,
  type OwnFactors,
  type SecurityPage,
} from '#contracts/screens/security';
import { idleLimitMs, mustHoldPasskey, type Account, type Auth } from '#domain/identity';
import type { ViewerSession } from '../context.ts';
import { router, signedInProcedure } from '../trpc.ts';

export interface SecurityRouterDeps {
  readonly account: Account;
  readonly auth: Pick<Auth, 'freshness' | 'recoveryCodesLeft'>;
}

/** How the viewer signs in. Factors themselves change at the sign-in service, which asks for a fresh proof. */
export function createSecurityRouter(deps: SecurityRouterDeps) {
  return router({
    read: signedInProcedure.output(securitySchema).query(({ ctx }) => readSecurity(deps, ctx.session)),
    /** What the viewer can show when asked again who they are. */
    factors: signedInProcedure
      .output(ownFactorsSchema)
      .query(({ ctx }) => readFactors(deps, ctx.session.viewer.user.id)),
    /** Signs the viewer out there. Throws `identity.device_not_found`, also for a session of somebody else. */
    endDevice: signedInProcedure
      .input(z.object({ id: z.string().max(100) }))
      .mutation(async ({ ctx, input }) => {
        await deps.account.endDevice(ctx.session.viewer.user.id, input.id);
      }),
  });
}

type UserId = ViewerSession['viewer']['user']['id'];

async function readFactors({ auth, account }: SecurityRouterDeps, userId: UserId): Promise<OwnFactors> {
  const held = await auth.freshness.factorsOf(userId);
  return { passkey: held.passkeys > 0, totp: held.totp, password: await account.hasPassword(userId) };
}

async function readSecurity(deps: SecurityRouterDeps, session: ViewerSession): Promise<SecurityPage> {
  const { user, membership } = session.viewer;
  const [factors, passkeys, devices, recoveryCodesLeft] = await Promise.all([
    readFactors(deps, user.id),
    deps.account.passkeys(user.id),
    deps.account.devices(user.id),
    deps.auth.recoveryCodesLeft(user.id),
  ]);
  return {
    userId: user.id,
    email: user.email,
    factors,
    mustHoldPasskey: mustHoldPasskey(membership.role),
    passkeys,
    recoveryCodesLeft,
    devices: devices.map(({ sessionId, ...device }) => ({
      ...device,
      id: sessionId,
      current: sessionId === session.sessionId,
    })),
    idleMinutes: idleLimitMs(membership.role) / 60_000,
  };
}

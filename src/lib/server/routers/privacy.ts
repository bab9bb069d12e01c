import * as z from 'zod';
import { idSchema } from '#contracts/ids';
import {
  erasureInputSchema,
  privacyPanelSchema,
  privacySettingsSchema,
  revealedFieldSchema,
  revealInputSchema,
} from '#contracts/screens/privacy';
import type { Privacy } from '#domain/privacy';
import type { Clock } from '#platform/clock';
import { actContextOf } from '../context.ts';
import { readPrivacySettings } from '../privacy/settings.ts';
import { router, scopedProcedure } from '../trpc.ts';

export interface PrivacyRouterDeps {
  readonly privacy: Privacy;
  readonly clock: Clock;
  /** The key of the key service that wraps now. */
  readonly wrappingKeyId: string;
  /** Wakes the job that works off log and warehouse after an erasure. */
  readonly finishSoon: () => void;
}

const administrator = scopedProcedure('administration', 'view');

export function createPrivacyRouter(deps: PrivacyRouterDeps) {
  const { privacy } = deps;
  return router({
    /** What the person page says of privacy. */
    panel: scopedProcedure('any-module', 'see')
      .input(z.object({ employeeId: idSchema('employee') }))
      .output(privacyPanelSchema)
      .query(({ ctx: { scope }, input }) => privacy.panel(scope, input.employeeId)),
    /** One field that no other answer holds, for a reason, on the record. */
    reveal: scopedProcedure('any-module', 'view')
      .input(revealInputSchema)
      .output(revealedFieldSchema)
      .mutation(({ ctx, input }) => privacy.reveal(ctx.scope, input, actContextOf(ctx))),
    /** For good. */
    erase: scopedProcedure('administration', 'approve')
      .input(erasureInputSchema)
      .output(z.void())
      .mutation(async ({ ctx, input }) => {
        await privacy.erase(ctx.scope, input, actContextOf(ctx));
        deps.finishSoon();
      }),
    settings: administrator
      .output(privacySettingsSchema)
      .query(({ ctx: { scope } }) => readPrivacySettings(deps, scope)),
  });
}

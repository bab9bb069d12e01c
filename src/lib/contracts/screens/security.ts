import * as z from 'zod';
import { idSchema } from '../ids.ts';
import { instantSchema } from '../time.ts';

/** How somebody last showed who they are. */
export const signInMethods = ['password', 'sso', 'passkey', 'totp', 'recovery_code'] as const;

/** What an account can show when it is asked again who it is. */
export const ownFactorsSchema = z.object({
  passkey: z.boolean(),
  totp: z.boolean(),
  password: z.boolean(),
});
export type OwnFactors = z.infer<typeof ownFactorsSchema>;

export const deviceSchema = z.object({
  /** Of the session; not the secret in the cookie. */
  id: z.string(),
  current: z.boolean(),
  /** Browser and system as the browser itself says it. */
  agent: z.string().nullable(),
  ip: z.string().nullable(),
  by: z.enum(signInMethods),
  since: instantSchema,
  usedAt: instantSchema,
});
export type Device = z.infer<typeof deviceSchema>;

/** How the viewer signs in, and where they are signed in. */
export const securitySchema = z.object({
  userId: idSchema('user'),
  email: z.string(),
  factors: ownFactorsSchema,
  /** The role asks for a passkey. */
  mustHoldPasskey: z.boolean(),
  passkeys: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      addedAt: instantSchema,
      /** Kept by a provider on several devices, or bound to one. */
      synced: z.boolean(),
    }),
  ),
  /** Recovery codes that were not used yet; null without an authenticator app. */
  recoveryCodesLeft: z.int().nullable(),
  devices: z.array(deviceSchema),
  /** Minutes without use after which a session of this role ends. */
  idleMinutes: z.int(),
});
export type SecurityPage = z.infer<typeof securitySchema>;

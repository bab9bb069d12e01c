import * as z from 'zod';
import { urlOf } from './values.ts';

const base64OfKey = String.raw`[A-Za-z0-9+/]{43}=`;

/** Where the keys lie that wrap all others (platform/keys). At most one of the three. */
export const keys = z
  .object({
    MASTER_KEYS: z
      .string()
      .regex(
        new RegExp(`^${base64OfKey}(?:,${base64OfKey})*$`),
        'expected base64 of 32 bytes, the newest first with commas between; make one with "openssl rand -base64 32"',
      )
      .optional(),
    MASTER_KEY_FILE: z.string().optional(),
    AWS_KMS_KEY_ID: z.string().optional(),
    AWS_KMS_ENDPOINT: urlOf('http', 'https').optional(),
  })
  .superRefine((env, context) => {
    const given = ['MASTER_KEYS', 'MASTER_KEY_FILE', 'AWS_KMS_KEY_ID'] as const;
    for (const name of given.filter((one) => env[one] !== undefined).slice(1)) {
      context.addIssue({ code: 'custom', path: [name], message: 'There is another master key already' });
    }
  })
  .transform((env) => ({
    /** Base64, with commas between. */
    masterKeys: env.MASTER_KEYS,
    /** Undefined: `master-key` in the data folder. */
    masterKeyFile: env.MASTER_KEY_FILE,
    /** Id, ARN or alias. Credentials and region as the AWS SDK finds them. */
    awsKeyId: env.AWS_KMS_KEY_ID,
    /** Undefined: the region's own. */
    awsEndpoint: env.AWS_KMS_ENDPOINT,
  }));

import path from 'node:path';
import * as z from 'zod';
import { urlOf } from './values.ts';

/** What stands between us and what others send or name. */
export const security = z
  .object({
    OUTGOING_TRUSTED_ORIGINS: z
      .string()
      .regex(/^https?:\/\/[^\s,/]+(?:,https?:\/\/[^\s,/]+)*$/, 'expected origins, with commas between')
      .optional(),
    GEOIP_FILE: z.string().optional(),
    SECURITY_CONTACT: urlOf('mailto', 'https', 'tel').optional(),
  })
  .transform((env) => ({
    /** Origins inside the own network that vendors' APIs may be asked at; all others must be reachable in public. */
    trustedOrigins: env.OUTGOING_TRUSTED_ORIGINS?.split(',') ?? [],
    /** Where weaknesses are reported, for `/.well-known/security.txt`; undefined = `security@` of our own host. */
    contact: env.SECURITY_CONTACT,
    /** A map of addresses (MMDB, cities), by which sign-ins from two far places are told. Undefined = none. */
    mapFile: env.GEOIP_FILE === undefined ? undefined : path.resolve(env.GEOIP_FILE),
  }));

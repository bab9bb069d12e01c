import * as z from 'zod';

const minutes = z
  .int()
  .min(1)
  .max(24 * 60);
const count = z.int().min(1).max(100_000);

/**
 * Every number that the detectors go by, with where it comes from. A tenant may set its own within the bounds of the
 * schema; a detector cannot be switched off, since who may tune it may be whom it watches.
 */
export const detectors = {
  failed_sign_ins: {
    name: 'Failed sign-ins',
    schema: z.object({ failures: count.max(100), withinMinutes: minutes }),
    defaults: { failures: 5, withinMinutes: 15 },
    source: 'NIST SP 800-63B-4, 3.2.2 (throttling of guesses); half of our own lock-out at ten',
  },
  password_spray: {
    name: 'One network tries many accounts',
    schema: z.object({ users: count.max(100), withinMinutes: minutes }),
    defaults: { users: 4, withinMinutes: 60 },
    source: 'MITRE ATT&CK T1110.003 (password spraying)',
  },
  new_network: {
    name: 'Sign-in from a new network',
    schema: z.object({ knownSignIns: count.max(100), rememberedDays: z.int().min(1).max(365) }),
    defaults: { knownSignIns: 3, rememberedDays: 90 },
    source: 'MITRE ATT&CK T1078 (valid accounts); OWASP ASVS 5.0, 6.3.5 (unusual sign-ins are told)',
  },
  impossible_travel: {
    name: 'Impossible travel',
    schema: z.object({
      kmPerHour: count.max(5000),
      leastKm: count.max(20_000),
      /** Without a map of addresses: two networks within so many minutes. */
      unmappedMinutes: minutes,
    }),
    defaults: { kmPerHour: 1000, leastKm: 300, unmappedMinutes: 5 },
    source: 'Cruising speed of an airliner, 900 km/h, and the error of address maps',
  },
  privilege_change: {
    name: 'Privilege changes',
    schema: z.object({ changes: count.max(1000), withinMinutes: minutes }),
    defaults: { changes: 5, withinMinutes: 60 },
    source: 'MITRE ATT&CK T1098 (account manipulation); NIST SP 800-53 AC-2(4)',
  },
  bulk_read: {
    name: 'Bulk reads',
    schema: z.object({ people: count, exportedPeople: count, withinMinutes: minutes }),
    defaults: { people: 100, exportedPeople: 2000, withinMinutes: 30 },
    source:
      'MITRE ATT&CK T1213 (data from information repositories); a case worker opens some 20 records in half an hour',
  },
  repeated_denials: {
    name: 'Repeated denials',
    schema: z.object({ denials: count.max(10_000), things: count.max(100), withinMinutes: minutes }),
    defaults: { denials: 10, things: 4, withinMinutes: 15 },
    source: 'OWASP ASVS 5.0, 16.3.2 (failed authorisation is logged and told)',
  },
} as const;

export type DetectorName = keyof typeof detectors;
export const detectorNames = Object.keys(detectors) as DetectorName[];

export type Thresholds = { readonly [D in DetectorName]: z.infer<(typeof detectors)[D]['schema']> };

/** The built-in numbers under a tenant's own; what no longer fits its schema falls back to the built-in. */
export function thresholdsOf(own: Readonly<Partial<Record<DetectorName, unknown>>>): Thresholds {
  const pairs = detectorNames.map((name) => {
    const { schema, defaults } = detectors[name];
    const read = schema.safeParse({ ...defaults, ...(own[name] as object | undefined) });
    return [name, read.success ? read.data : defaults] as const;
  });
  return Object.fromEntries(pairs) as unknown as Thresholds;
}

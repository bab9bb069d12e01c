import * as z from 'zod';
import { dateSchema } from '#contracts/time';

/** What 29 CFR 1904 asks of one physical establishment. Not an employee's record. */
export const establishmentSchema = z.object({
  id: z.string(),
  name: z.string(),
  timeZone: z.string(),
  /** PEAK number of employees in the year the records are of. */
  peakEmployees: z.int().nonnegative(),
  naics: z.string().regex(/^\d{6}$/),
  /** The industry is listed in appendix A or B to subpart E of part 1904. */
  inAppendixA: z.boolean(),
  inAppendixB: z.boolean(),
  /** At most 10 employees or a listed low-hazard industry, 1904.1–.2: no log, but severe outcomes are reported. */
  partlyExempt: z.boolean(),
  /** By calendar year of the records. */
  summaries: z.record(
    z.string(),
    z.object({
      certifiedOn: dateSchema.nullable(),
      postedOn: dateSchema.nullable(),
      itaSubmittedOn: dateSchema.nullable(),
    }),
  ),
});
export type Establishment = z.infer<typeof establishmentSchema>;

/** Which forms must be sent electronically, 1904.41(a): the peak head count decides, not the present one. */
export function itaForms(establishment: Establishment): { form300A: boolean; forms300And301: boolean } {
  const { peakEmployees: heads, inAppendixA, inAppendixB, partlyExempt } = establishment;
  if (partlyExempt) return { form300A: false, forms300And301: false };
  return {
    form300A: heads >= 250 || (heads >= 20 && inAppendixA),
    forms300And301: heads >= 100 && inAppendixB,
  };
}

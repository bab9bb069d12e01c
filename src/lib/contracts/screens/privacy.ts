import * as z from 'zod';
import { idSchema } from '../ids.ts';
import { dateSchema, instantSchema } from '../time.ts';

export const revealedFields = ['birthDate', 'externalIds'] as const;
export type RevealedName = (typeof revealedFields)[number];

export const revealPurposes = [
  'identity_check',
  'regulator_filing',
  'vendor_order',
  'correction',
  'other',
] as const;
export type RevealPurpose = (typeof revealPurposes)[number];

export const revealInputSchema = z.object({
  employeeId: idSchema('employee'),
  field: z.enum(revealedFields),
  purpose: z.enum(revealPurposes),
  /** What for, in the viewer's words. */
  words: z.string().trim().min(5, 'Say in a few words what it is for').max(500),
});
export type RevealInput = z.infer<typeof revealInputSchema>;

export const revealedFieldSchema = z.object({
  field: z.enum(revealedFields),
  /** Empty when none is held. */
  values: z.array(z.string()),
  /** The screen hides it then. */
  untilAt: instantSchema,
});
export type RevealedField = z.infer<typeof revealedFieldSchema>;

export const erasureBases = ['asked_by_person', 'retention_over', 'taken_by_mistake'] as const;
export type ErasureBasis = (typeof erasureBases)[number];

export const erasureInputSchema = z.object({
  employeeId: idSchema('employee'),
  /** Typed by the viewer: must be the person's. */
  number: z.string().max(100),
  basis: z.enum(erasureBases),
  caseRef: z.string().trim().min(2, 'Name the case or letter').max(120),
});
export type ErasureInput = z.infer<typeof erasureInputSchema>;

const erasureStateSchema = z.object({
  requestedAt: instantSchema,
  basis: z.enum(erasureBases),
  /** Null while log or warehouse are still worked through. */
  doneAt: instantSchema.nullable(),
});

/** What the person page shows of privacy. */
export const privacyPanelSchema = z.object({
  mayReveal: z.boolean(),
  birthDateHeld: z.boolean(),
  externalIdsHeld: z.int(),
  /** A copy of everything needs the right to export in every module. */
  mayAskCopy: z.boolean(),
  /** Null for who may not erase. */
  plan: z
    .object({
      holds: z.array(z.object({ matter: z.string(), since: instantSchema })),
      duties: z.array(z.object({ what: z.string(), citation: z.string(), until: dateSchema.nullable() })),
      from: dateSchema.nullable(),
    })
    .nullable(),
  erasure: erasureStateSchema.nullable(),
});
export type PrivacyPanel = z.infer<typeof privacyPanelSchema>;

export const privacySettingsSchema = z.object({
  keys: z.object({
    service: z.enum(['file or setting of this installation', 'AWS KMS']),
    wrappingKeyId: z.string(),
    /** Keys of the tenant are all wrapped by it. */
    current: z.boolean(),
    tenantKeySince: instantSchema.nullable(),
    ageDays: z.int().nullable(),
    subjects: z.int(),
    destroyed: z.int(),
  }),
  tables: z.array(
    z.object({
      name: z.string(),
      onErasure: z.string(),
      fields: z.array(z.object({ name: z.string(), class: z.string(), sealed: z.boolean() })),
    }),
  ),
  erasures: z.array(
    z.object({
      employeeId: idSchema('employee'),
      requestedAt: instantSchema,
      requestedBy: z.string(),
      basis: z.enum(erasureBases),
      doneAt: instantSchema.nullable(),
    }),
  ),
});
export type PrivacySettings = z.infer<typeof privacySettingsSchema>;

import type { Machine } from '#platform/state-machine';

/** Life of one DQ document or certificate (49 CFR 391.51). */
export const documentStates = [
  'required',
  'uploaded',
  'review',
  'active',
  'expiring',
  'expired',
  'rejected',
  'void',
  'superseded',
  'not_required',
] as const;
export type DocumentState = (typeof documentStates)[number];
export type DocumentTrigger =
  | 'require'
  | 'upload'
  | 'read_good'
  | 'read_low'
  | 'verify'
  | 'reject'
  /** A warning mark before the last valid day was reached. */
  | 'warn'
  /** The day after the last valid day began. */
  | 'expire'
  /** Voided or revoked, e.g. by a later "not qualified" (391.43(g)(3)). */
  | 'void'
  /** A successor was verified. */
  | 'succeed'
  | 'drop';

/** `by_date`: active, expiring or expired by the printed end. `new_upload`: stay; the new paper is a record of its own. */
export const documentMachine: Machine<
  DocumentState,
  DocumentTrigger,
  'unread' | 'not_valid_yet' | 'closed' | 'verified',
  'by_date' | 'new_upload'
> = {
  refusals: {
    unread: 'Upload or read the document first',
    not_valid_yet: 'The document was never valid: reject it instead',
    closed: 'This document record is closed',
    verified: 'The document is verified: void it instead',
  },
  transitions: {
    required: {
      require: '=',
      upload: 'uploaded',
      read_good: '!unread',
      read_low: '!unread',
      verify: '!unread',
      reject: '!unread',
      warn: '=',
      expire: '=',
      void: '!not_valid_yet',
      succeed: '=',
      drop: 'not_required',
    },
    uploaded: {
      require: '=',
      upload: 'uploaded',
      read_good: 'review',
      read_low: 'review',
      verify: '!unread',
      reject: 'rejected',
      warn: '=',
      expire: '=',
      void: '!not_valid_yet',
      succeed: 'superseded',
      drop: 'not_required',
    },
    review: {
      require: '=',
      upload: 'uploaded',
      read_good: '=',
      read_low: '=',
      verify: '@by_date',
      reject: 'rejected',
      warn: '=',
      expire: '=',
      void: '!not_valid_yet',
      succeed: 'superseded',
      drop: 'not_required',
    },
    active: {
      require: '=',
      upload: '@new_upload',
      read_good: '=',
      read_low: '=',
      verify: '=',
      reject: '!verified',
      warn: 'expiring',
      expire: 'expired',
      void: 'void',
      succeed: 'superseded',
      drop: 'not_required',
    },
    expiring: {
      require: '=',
      upload: '@new_upload',
      read_good: '=',
      read_low: '=',
      verify: '=',
      reject: '!verified',
      warn: '=',
      expire: 'expired',
      void: 'void',
      succeed: 'superseded',
      drop: 'not_required',
    },
    expired: {
      require: '=',
      upload: '@new_upload',
      read_good: '=',
      read_low: '=',
      verify: '=',
      reject: '!verified',
      warn: '=',
      expire: '=',
      void: 'void',
      succeed: 'superseded',
      drop: 'not_required',
    },
    rejected: {
      require: '=',
      upload: 'uploaded',
      read_good: '!unread',
      read_low: '!unread',
      verify: '!unread',
      reject: '=',
      warn: '=',
      expire: '=',
      void: '!not_valid_yet',
      succeed: 'superseded',
      drop: 'not_required',
    },
    void: {
      require: '=',
      upload: '@new_upload',
      read_good: '!closed',
      read_low: '!closed',
      verify: '!closed',
      reject: '!closed',
      warn: '=',
      expire: '=',
      void: '=',
      succeed: '=',
      drop: 'not_required',
    },
    superseded: {
      require: '=',
      upload: '@new_upload',
      read_good: '!closed',
      read_low: '!closed',
      verify: '!closed',
      reject: '!closed',
      warn: '=',
      expire: '=',
      void: 'void',
      succeed: '=',
      drop: 'not_required',
    },
    not_required: {
      require: 'required',
      upload: '@new_upload',
      read_good: '!closed',
      read_low: '!closed',
      verify: '!closed',
      reject: '!closed',
      warn: '=',
      expire: '=',
      void: 'void',
      succeed: '=',
      drop: '=',
    },
  },
};

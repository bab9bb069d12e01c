import type { TenantId } from '#contracts/ids';
import type { Subject } from '../source.ts';
import type { FailedArrival } from '../pipeline/steps.ts';

export interface NewDeadLetter {
  readonly arrival: FailedArrival;
  /** The part of the body: a draft's dedupe key, an outcome's place, a row of a file. */
  readonly item: string;
  readonly reason: string;
  readonly detail: string;
  readonly subject: Subject | null;
  readonly raw: Buffer | null;
  readonly preview: string;
}

export interface NewDrop {
  readonly arrival: FailedArrival;
  readonly item: number;
  readonly reason: string;
  readonly detail: string;
}

/** Files what did not simply become an event. Filing the same thing again has no second effect. */
export interface FateStore {
  file(
    tenantId: TenantId,
    fates: {
      readonly deadLetters: readonly NewDeadLetter[];
      readonly drops: readonly NewDrop[];
    },
  ): Promise<void>;
}

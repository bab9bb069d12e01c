import { createHash } from 'node:crypto';
import type { ModelAsk } from './language-model.ts';

/**
 * Names the part of a request that the model's service keeps in its cache. Equal for all askers: when it differs between
 * two questions of one version of the program, something of an asker went into the prefix.
 */
export function fingerprintOf({ prefix, tools }: Pick<ModelAsk, 'prefix' | 'tools'>): string {
  return createHash('sha256')
    .update(JSON.stringify([prefix, tools]))
    .digest('hex')
    .slice(0, 16);
}

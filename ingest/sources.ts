import type { Source } from './source.ts';
import { checkr } from './sources/checkr/source.ts';
import { tazworks } from './sources/tazworks/source.ts';

/** Every vendor that can reach us. A new vendor is a folder under `sources/` and one line here. */
export const sources: readonly Source[] = [checkr, tazworks];

import type { Source } from './source.ts';
import { bamboohr } from './sources/bamboohr/source.ts';
import { checkr } from './sources/checkr/source.ts';
import { clearinghouse } from './sources/clearinghouse/source.ts';
import { csvEmployees } from './sources/csv-employees/source.ts';
import { formfox } from './sources/formfox/source.ts';
import { owntracks } from './sources/owntracks/source.ts';
import { questEsp } from './sources/quest-esp/source.ts';
import { standardWebhooks } from './sources/standard-webhooks/source.ts';
import { tazworks } from './sources/tazworks/source.ts';

/** Every vendor that can reach us. A new vendor is a folder under `sources/` and one line here. */
export const sources: readonly Source[] = [
  checkr,
  tazworks,
  questEsp,
  formfox,
  standardWebhooks,
  bamboohr,
  clearinghouse,
  csvEmployees,
  owntracks,
];

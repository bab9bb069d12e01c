import * as z from 'zod';
import { PlumblineError } from '#platform/errors';

export interface EcfrPart {
  /** Where the API is: `https://www.ecfr.gov`. */
  readonly from: string;
  readonly title: string;
  readonly part: string;
  /** ISO day; null = the newest issue of the title. */
  readonly asOf: string | null;
}

const titles = z.object({
  titles: z.array(z.object({ number: z.number(), up_to_date_as_of: z.string().nullable() })),
});

/** A part is 1 MB at most. */
const timeoutMs = 60_000;

/**
 * One part from the eCFR's versioner API, `/api/versioner/v1/full/{date}/title-{n}.xml?part={n}`. Throws
 * `corpus.ecfr_unreachable`, `corpus.ecfr_refused` and, for a title that it does not have, `corpus.ecfr_title_unknown`.
 */
export async function fetchEcfrPart({
  from,
  title,
  part,
  asOf,
}: EcfrPart): Promise<{ xml: string; asOf: string }> {
  const on = asOf ?? (await newestIssue(from, title));
  const address = new URL(`/api/versioner/v1/full/${on}/title-${encodeURIComponent(title)}.xml`, from);
  address.searchParams.set('part', part);
  return { xml: await get(address), asOf: on };
}

async function newestIssue(from: string, title: string): Promise<string> {
  const body = await get(new URL('/api/versioner/v1/titles.json', from));
  const known = titles.parse(JSON.parse(body)).titles.find(({ number }) => String(number) === title);
  if (known?.up_to_date_as_of === undefined || known.up_to_date_as_of === null) {
    throw new PlumblineError({
      kind: 'not_found',
      code: 'corpus.ecfr_title_unknown',
      detail: `The eCFR has no title ${title} with a date.`,
    });
  }
  return known.up_to_date_as_of;
}

async function get(address: URL): Promise<string> {
  const answer = await fetch(address, {
    headers: { accept: 'application/xml, application/json' },
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error: unknown) => {
    throw new PlumblineError({
      kind: 'unavailable',
      code: 'corpus.ecfr_unreachable',
      detail: `${address.host} does not answer. The parts may also be downloaded by hand and loaded from files.`,
      internal: error instanceof Error ? error.message : String(error),
      cause: error,
    });
  });
  if (!answer.ok) {
    throw new PlumblineError({
      kind: 'unavailable',
      code: 'corpus.ecfr_refused',
      detail: `${address.host} answered ${answer.status} for ${address.pathname}${address.search}.`,
    });
  }
  return answer.text();
}

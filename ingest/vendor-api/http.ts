import { readJson } from '../formats/json.ts';
import { PlumblineError } from '#platform/errors';
import type { ApiProfile, FetchRequest, VendorApi } from '../source.ts';

export interface ApiAccess {
  /** Root of the vendor's API; null = the source's default. */
  readonly url: string | null;
  readonly key: string;
}

const timeoutMs = 15_000;
/** Answers are single objects; more is not what was asked for. */
const maxAnswerBytes = 4 * 1024 * 1024;

/**
 * Reads single resources from a vendor's API. Away, overloaded or limited (no answer, 429, 5xx) is `unavailable` and worth
 * another try; any other refusal is final.
 */
export function createHttpVendorApi(profile: ApiProfile, access: ApiAccess): VendorApi {
  const root = new URL(access.url ?? profile.defaultUrl);
  return {
    async fetch(request, signal) {
      const url = new URL(request.path, root);
      // A path made from a message must not lead to another host, which would get the key.
      if (url.origin !== root.origin) throw refused(request, 'the path leads elsewhere');
      const { status, retryAfterS, body } = await ask(url, profile, access.key, signal);
      if (status === 429 || status >= 500) throw busy(request, status, retryAfterS);
      if (status !== 200) throw refused(request, `the API answered ${status}`);
      if (body.length > maxAnswerBytes) throw refused(request, 'the answer is too large');
      const json = readJson(body);
      if (!json.ok) throw refused(request, `the answer is ${json.detail}`);
      return json.value;
    },
  };
}

interface Answer {
  readonly status: number;
  readonly retryAfterS: number | null;
  readonly body: Buffer;
}

async function ask(url: URL, profile: ApiProfile, key: string, signal: AbortSignal): Promise<Answer> {
  try {
    const response = await fetch(url, {
      headers: { accept: 'application/json', authorization: profile.authorization(key) },
      // A redirect would carry the key along.
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    const body = Buffer.from(await response.arrayBuffer());
    const retryAfterS = Number(response.headers.get('retry-after') ?? Number.NaN);
    return { status: response.status, retryAfterS: Number.isFinite(retryAfterS) ? retryAfterS : null, body };
  } catch (cause) {
    throw new PlumblineError({
      kind: 'unavailable',
      code: 'ingest.vendor_api_away',
      detail: `${url.host} does not answer.`,
      cause,
    });
  }
}

function busy(request: FetchRequest, status: number, retryAfterS: number | null): PlumblineError {
  return new PlumblineError({
    kind: 'unavailable',
    code: 'ingest.vendor_api_busy',
    detail: `${request.path}: the API answered ${status}.`,
    ...(retryAfterS === null ? {} : { retryAfterS }),
  });
}

function refused(request: FetchRequest, why: string): PlumblineError {
  return new PlumblineError({
    kind: 'invalid',
    code: 'ingest.vendor_api_refused',
    detail: `${request.path}: ${why}.`,
  });
}

import { readJson } from '../formats/json.ts';
import { PlumblineError } from '#platform/errors';
import type { Outgoing } from '#platform/outgoing';
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
export function createHttpVendorApi(profile: ApiProfile, access: ApiAccess, outgoing: Outgoing): VendorApi {
  const root = new URL(access.url ?? profile.defaultUrl);
  return {
    async fetch(request, signal) {
      const url = new URL(request.path, root);
      // A path made from a message must not lead to another host, which would get the key.
      if (url.origin !== root.origin) throw refused(request, 'the path leads elsewhere');
      const { status, retryAfterS, body } = await ask({ outgoing, url, profile, key: access.key, signal });
      if (status === 429 || status >= 500) throw busy(request, status, retryAfterS);
      if (status !== 200) throw refused(request, `the API answered ${status}`);
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

interface Question {
  readonly outgoing: Outgoing;
  readonly url: URL;
  readonly profile: ApiProfile;
  readonly key: string;
  readonly signal: AbortSignal;
}

async function ask({ outgoing, url, profile, key, signal }: Question): Promise<Answer> {
  const { status, headers, body } = await outgoing.ask(url, {
    headers: { accept: 'application/json', authorization: profile.authorization(key) },
    signal,
    timeoutMs,
    maxBytes: maxAnswerBytes,
  });
  const retryAfterS = Number(headers['retry-after'] ?? Number.NaN);
  return { status, retryAfterS: Number.isFinite(retryAfterS) ? retryAfterS : null, body };
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

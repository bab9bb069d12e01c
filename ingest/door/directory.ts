import type { EndpointId, TenantId } from '#contracts/ids';
import type { Clock } from '#platform/clock';
import type { Source, Verifier } from '../source.ts';

/** An endpoint as it is stored. */
export interface EndpointRecord {
  readonly id: EndpointId;
  readonly tenantId: TenantId;
  readonly vendor: string;
  readonly secrets: readonly string[];
  readonly settings: Readonly<Record<string, unknown>>;
  /** Requests a minute for this endpoint alone; null = the tenant's rate. */
  readonly ratePerMinute: number | null;
  /** A disabled endpoint takes nothing; what it took before still goes through the pipeline. */
  readonly active: boolean;
  /** The company's authority on who works there: whom it hires is added. */
  readonly admitsPeople: boolean;
  /** How to ask the vendor for what a thin message points at; null = not set up. */
  readonly api: { readonly url: string | null; readonly key: string } | null;
}

/** An endpoint ready for requests: its source found, its keys prepared. */
export interface OpenEndpoint extends EndpointRecord {
  readonly source: Source;
  readonly verify: Verifier;
}

export interface EndpointDirectory {
  /** The endpoint, or null when none has this id. Throws when endpoints were never read yet and cannot be. */
  find(id: string): OpenEndpoint | null | Promise<OpenEndpoint | null>;
  /** Reads the endpoints again, e.g. after one was changed in this process. */
  refresh(): Promise<void>;
}

export interface DirectoryDeps {
  /** All endpoints of all tenants. */
  load(): Promise<readonly EndpointRecord[]>;
  sources: readonly Source[];
  clock: Clock;
  /** Age at which the endpoints are read again; 5 s when absent. */
  maxAgeMs?: number;
  /** An unknown id asks the database at most this often, so that guessing ids costs nothing; 1 s when absent. */
  missAgeMs?: number;
}

/**
 * Keeps all endpoints in memory: there are few of them, and a request must not wait for the database. While the
 * database is away the last known endpoints go on working.
 */
export function createEndpointDirectory(deps: DirectoryDeps): EndpointDirectory {
  const { load, clock, maxAgeMs = 5_000, missAgeMs = 1_000 } = deps;
  const byVendor = new Map(deps.sources.map((source) => [source.vendor, source]));
  let known: ReadonlyMap<string, OpenEndpoint> | undefined;
  let readAtMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  function open(record: EndpointRecord): OpenEndpoint[] {
    const source = byVendor.get(record.vendor);
    if (!source) return [];
    const before = known?.get(record.id);
    const same = before && before.secrets.join('\0') === record.secrets.join('\0');
    const verify = same ? before.verify : source.createVerifier(record.secrets);
    return [{ ...record, source, verify }];
  }

  async function read(): Promise<void> {
    const records = await load();
    known = new Map(records.flatMap(open).map((endpoint) => [endpoint.id, endpoint]));
  }

  function refresh(): Promise<void> {
    readAtMs = clock.nowMs();
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  }

  function ageMs(): number {
    return clock.nowMs() - readAtMs;
  }

  async function afterReading(id: string): Promise<OpenEndpoint | null> {
    await refresh();
    return known?.get(id) ?? null;
  }

  return {
    refresh,
    find(id) {
      if (!known) return afterReading(id);
      const endpoint = known.get(id);
      if (endpoint) {
        // Read again behind the request's back; if that fails, what is known stays.
        if (ageMs() > maxAgeMs) refresh().catch(() => {});
        return endpoint;
      }
      return ageMs() > missAgeMs ? afterReading(id).catch(() => null) : null;
    },
  };
}

import { sources } from '#ingest';
import type { Clock } from '#platform/clock';
import type { Meter, Reading } from '#platform/telemetry';
import { consumerGroups, jobNames } from '../names.ts';
import type { Platform } from './platform.ts';

/** Declares what is read when Prometheus asks. Numbers of the database are the same from every process: take the largest. */
export function declareGauges(meter: Meter, platform: Platform, clock: Clock): void {
  if (!meter.on) return;
  const vendors = sources.map(({ vendor }) => vendor);
  meter.gauge({
    name: 'plumbline_consumer_lag_records',
    help: 'Records that a consumer group has yet to handle.',
    labels: { group: consumerGroups },
    read: async () =>
      Object.entries(await platform.lags()).map(([group, value]) => ({ value, labels: { group } })),
  });
  meter.gauge({
    name: 'plumbline_outbox_records',
    help: 'Records in the outbox that the relay has yet to move; counted up to 100 000.',
    labels: {},
    read: async () => [{ value: (await platform.standing()).outboxWaiting, labels: {} }],
  });
  meter.gauge({
    name: 'plumbline_jobs',
    help: 'Jobs that wait and are due, that run, and that failed for good and are still kept.',
    labels: { job: jobNames, state: ['waiting', 'active', 'failed'] },
    read: async () =>
      (await platform.jobCounts()).flatMap(({ name: job, ...counts }) =>
        (['waiting', 'active', 'failed'] as const).map((state) => ({
          value: counts[state],
          labels: { job, state },
        })),
      ),
  });
  meter.gauge({
    name: 'plumbline_live_sockets',
    help: 'Browsers that this process keeps live.',
    labels: {},
    read: () => [{ value: platform.sockets(), labels: {} }],
  });
  declareVendorGauges(meter, platform, clock, vendors);
}

function declareVendorGauges(
  meter: Meter,
  platform: Platform,
  clock: Clock,
  vendors: readonly string[],
): void {
  const labels = { vendor: vendors };
  type Vendor = Awaited<ReturnType<Platform['standing']>>['vendors'][number];
  const each = (valueOf: (vendor: Vendor) => number | null) => async (): Promise<Reading<typeof labels>[]> =>
    (await platform.standing()).vendors.flatMap((vendor) => {
      const value = valueOf(vendor);
      return value === null ? [] : [{ value, labels: { vendor: vendor.vendor } }];
    });
  meter.gauge({
    name: 'plumbline_dead_letters_open',
    help: 'Messages, or parts of one, that wait for a person.',
    labels,
    read: each((vendor) => vendor.openDeadLetters),
  });
  meter.gauge({
    name: 'plumbline_vendor_silence_seconds',
    help: 'Time since the newest accepted message of a vendor, over all companies; absent when there was none.',
    labels,
    read: each(({ lastAcceptedAtMs }) =>
      lastAcceptedAtMs === null ? null : Math.max(0, clock.nowMs() - lastAcceptedAtMs) / 1000,
    ),
  });
  meter.gauge({
    name: 'plumbline_vendor_endpoints',
    help: 'Endpoints in use.',
    labels,
    read: each((vendor) => vendor.endpoints),
  });
  meter.gauge({
    name: 'plumbline_vendor_endpoints_stale',
    help: 'Endpoints in use that are silent for longer than they may be: flags that depend on them are stale.',
    labels,
    read: each((vendor) => vendor.silent),
  });
}

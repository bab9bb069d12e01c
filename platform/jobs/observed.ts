import type { Telemetry } from '#platform/telemetry';
import type { Jobs } from './pg-boss.ts';

const secondsBuckets = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300];

/** Jobs, watched: each run is timed, and is a trace of its own. `names` are those counted apart. */
export function observeJobs(
  jobs: Jobs,
  { meter, tracing, names }: Telemetry & { names: readonly string[] },
): Jobs {
  if (!meter.on && !tracing.on) return jobs;
  const seconds = meter.histogram({
    name: 'plumbline_job_run_seconds',
    help: 'Time of one run of a job.',
    labels: { job: names, outcome: ['done', 'failed'] },
    buckets: secondsBuckets,
  });
  return {
    ...jobs,
    work: (name, handler) =>
      jobs.work(name, (job) =>
        tracing.entry(`job ${name}`, {}, async () => {
          const startedMs = performance.now();
          let outcome = 'failed';
          try {
            await handler(job);
            outcome = 'done';
          } finally {
            seconds.record((performance.now() - startedMs) / 1000, { job: name, outcome });
          }
        }),
      ),
  };
}

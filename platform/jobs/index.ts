export { createJobs, scheduleKey, type JobCount, type Jobs } from './pg-boss.ts';
export { observeJobs } from './observed.ts';

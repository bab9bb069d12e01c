export { createJobs, type Jobs } from './pg-boss.ts';
export { observeJobs } from './observed.ts';

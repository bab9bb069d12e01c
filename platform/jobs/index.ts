export { createJobs, type Jobs } from './pg-boss.ts';

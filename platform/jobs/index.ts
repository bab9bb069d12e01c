export {
  createJobs,
  type Jobs,
  type JobHandler,
  type JobsOptions,
  type RunningJob,
  type SendOptions,
} from './pg-boss.ts';

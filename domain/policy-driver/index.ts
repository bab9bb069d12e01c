export { createPolicyDriver, type PolicyDriver } from './driver.ts';
export type { PeoplePort, SourcesOf } from './ports.ts';
export { createRecheckTimer, recheckLeaseMs } from './timer.ts';
export {
  eventsAppliedTopic,
  flagsChangedTopic,
  readEventApplied,
  readFlagChanged,
  type EventApplied,
} from './topics.ts';

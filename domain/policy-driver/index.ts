export { createPolicyDriver, type Applied, type PolicyDriver, type PolicyDriverDeps } from './driver.ts';
export type { PacksOf, PeoplePort, SourcesOf } from './ports.ts';
export { createRecheckTimer } from './timer.ts';
export {
  eventsAppliedTopic,
  flagsChangedTopic,
  readEventApplied,
  readFlagChanged,
  type EventApplied,
} from './topics.ts';

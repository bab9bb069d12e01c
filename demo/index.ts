export { demoAccounts, demoPassword } from './accounts.ts';
export { clearUnfinishedDemo, endpointsOf, openDemo, readDemoState, type Demo } from './demo.ts';
export { companyOf, type DemoState } from './provision.ts';
export { runSimulator } from './simulator/run.ts';
export { createStream, usualTrouble } from './simulator/stream.ts';

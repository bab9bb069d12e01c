export { admit, mayBeRead } from './admit.ts';
export { createClamAv } from './clamav.ts';
export { inspect, type FileRules } from './inspect.ts';
export { noScanner } from './scanner.ts';

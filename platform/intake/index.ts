export { admit, mayBeRead, type Admitted, type FileState } from './admit.ts';
export { createClamAv } from './clamav.ts';
export { inspect, type FileRules, type Inspection } from './inspect.ts';
export { noScanner, type Scanner } from './scanner.ts';

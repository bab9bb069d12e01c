export { createAwsKms } from './aws-kms.ts';
export { sealedBy } from './envelope.ts';
export { createKeys, type Keys } from './keys.ts';
export { createLocalKms, newMasterKey, type Kms } from './kms.ts';
export { addMasterKey, keepMasterKeyFile, readMasterKeys } from './master-key-file.ts';
export type { KeyStanding } from './store.postgres.ts';
export { rotateKeys } from './rotate.ts';
export { openJson, sealJson } from './sealed-json.ts';
export { createTemporaryKeys } from './temporary.ts';

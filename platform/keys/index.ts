export { createAwsKms } from './aws-kms.ts';
export { sealedBy, type Place } from './envelope.ts';
export { createKeys, type Keys, type Plain, type Sealed } from './keys.ts';
export { createLocalKms, newMasterKey, type Kms } from './kms.ts';
export { addMasterKey, keepMasterKeyFile, readMasterKeys } from './master-key-file.ts';
export type { KeyStanding } from './store.postgres.ts';
export { rotateKeys, type Rotated } from './rotate.ts';
export { openJson, sealJson, type SealedJson } from './sealed-json.ts';
export { createTemporaryKeys } from './temporary.ts';

import path from 'node:path';
import type { Clock } from '#platform/clock';
import type { EngineConfig } from '#platform/config';
import { PlumblineError } from '#platform/errors';
import type { Ids } from '#platform/ids';
import {
  createAwsKms,
  createKeys,
  createLocalKms,
  keepMasterKeyFile,
  readMasterKeys,
  type Keys,
  type Kms,
} from '#platform/keys';
import type { Log } from '#platform/log';

export type KmsConfig = Pick<EngineConfig, 'keys' | 'data' | 'postgres'>;

/** The file of master keys, when keys are kept in one. */
export function masterKeyFileOf({ keys, data }: KmsConfig): string | null {
  if (keys.awsKeyId !== undefined || keys.masterKeys !== undefined) return null;
  return keys.masterKeyFile ?? path.join(data.folder, 'master-key');
}

/** The key service as it is configured. Makes the file of the embedded installation at its first start. */
export function openKms(config: KmsConfig, log: Log): Kms {
  const { awsKeyId, awsEndpoint, masterKeys, masterKeyFile } = config.keys;
  if (awsKeyId !== undefined) {
    return createAwsKms({ keyId: awsKeyId, ...(awsEndpoint !== undefined && { endpoint: awsEndpoint }) });
  }
  if (masterKeys !== undefined) return createLocalKms(readMasterKeys(masterKeys, 'MASTER_KEYS'));
  if (config.postgres.url !== undefined && masterKeyFile === undefined) throw noMasterKey();
  const file = masterKeyFileOf(config) ?? '';
  return createLocalKms(
    keepMasterKeyFile(file, () =>
      log.warn(
        { component: 'keys', file },
        'A master key was made. BACK UP THIS FILE apart from the database: without it all encrypted data is lost.',
      ),
    ),
  );
}

export function openKeys(
  config: KmsConfig,
  { log, clock, ids }: { readonly log: Log; readonly clock: Clock; readonly ids: Ids },
): Keys {
  return createKeys({ kms: openKms(config, log), clock, ids });
}

/** For commands: the roles do not start without one. */
function noMasterKey(): PlumblineError {
  return new PlumblineError({
    kind: 'invalid',
    code: 'keys.master_key_missing',
    detail:
      'With DATABASE_URL this needs the master key that the other processes have: MASTER_KEYS, MASTER_KEY_FILE or AWS_KMS_KEY_ID.',
  });
}

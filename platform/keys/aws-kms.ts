import type * as Sdk from '@aws-sdk/client-kms';
import { PlumblineError } from '#platform/errors';
import { damaged, type Kms } from './kms.ts';

export interface AwsKmsOptions {
  /** Id, ARN or alias of a symmetric key. */
  readonly keyId: string;
  /** In place of the region's own. */
  readonly endpoint?: string;
}

/**
 * AWS KMS: `Encrypt` and `Decrypt` with an encryption context. Credentials and region come from where the SDK looks for
 * them. Keys that AWS rotates by itself need nothing here; another key id is wrapped under by `rotateKeys`.
 */
export function createAwsKms({ keyId, endpoint }: AwsKmsOptions): Kms {
  let opened: Promise<{ sdk: typeof Sdk; client: Sdk.KMSClient }> | undefined;
  // The SDK is large: whoever does not use it does not load it.
  const open = () =>
    (opened ??= import('@aws-sdk/client-kms').then((sdk) => ({
      sdk,
      client: new sdk.KMSClient(endpoint === undefined ? {} : { endpoint }),
    })));
  return {
    keyId: `aws:${keyId}`,
    wrap: async (plain, context) => {
      const { sdk, client } = await open();
      const command = new sdk.EncryptCommand({
        KeyId: keyId,
        Plaintext: plain,
        EncryptionContext: { ...context },
      });
      const answer = await client.send(command).catch(refused);
      if (answer.CiphertextBlob === undefined) throw damaged(keyId);
      return answer.CiphertextBlob;
    },
    unwrap: async (wrapped, wrappedBy, context) => {
      const { sdk, client } = await open();
      const command = new sdk.DecryptCommand({
        KeyId: wrappedBy.replace(/^aws:/, ''),
        CiphertextBlob: wrapped,
        EncryptionContext: { ...context },
      });
      const answer = await client.send(command).catch((error: unknown) => {
        if (error instanceof sdk.InvalidCiphertextException) throw damaged(wrappedBy, error);
        return refused(error);
      });
      if (answer.Plaintext === undefined) throw damaged(wrappedBy);
      return answer.Plaintext;
    },
  };
}

function refused(cause: unknown): never {
  throw new PlumblineError({
    kind: 'unavailable',
    code: 'keys.service_unavailable',
    detail: 'The key service does not answer, or refuses. Encrypted data cannot be read until it does.',
    internal: cause instanceof Error ? `${cause.name}: ${cause.message}` : 'unknown',
    cause,
    retryAfterS: 5,
  });
}

import { passkey } from '@better-auth/passkey';
import { APIError } from 'better-auth/api';
import { twoFactor } from 'better-auth/plugins/two-factor';

/** A wrong code locks the account's second step after so many, for so long; the counts are in the database. */
const codeLock = { maxFailedAttempts: 10, durationSeconds: 15 * 60 } as const;

/** Codes of an authenticator app, and recovery codes. Table and column names are those of migration 0100. */
export function totpPlugin() {
  return twoFactor({
    issuer: 'Plumbline',
    // Who comes by an identity provider has no password to show.
    allowPasswordless: true,
    accountLockout: { enabled: true, ...codeLock },
    backupCodeOptions: { amount: 10, length: 10, storeBackupCodes: 'encrypted' },
    schema: {
      user: { fields: { twoFactorEnabled: 'two_factor_enabled' } },
      twoFactor: {
        modelName: 'auth_two_factors',
        fields: {
          backupCodes: 'backup_codes',
          userId: 'user_id',
          failedVerificationCount: 'failed_verification_count',
          lockedUntil: 'locked_until',
        },
      },
    },
  });
}

/** Passkeys and hardware keys. The key must have checked the person (PIN, finger, face), not only have been touched. */
export function passkeyPlugin(origin: string) {
  return passkey({
    rpID: new URL(origin).hostname,
    rpName: 'Plumbline',
    origin,
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
    registration: {
      requireSession: true,
      afterVerification: async ({ verification }) => {
        if (verification.registrationInfo?.userVerified !== true) throw notVerified();
      },
    },
    authentication: {
      afterVerification: async ({ verification }) => {
        if (!verification.authenticationInfo.userVerified) throw notVerified();
      },
    },
    schema: {
      passkey: {
        modelName: 'auth_passkeys',
        fields: {
          publicKey: 'public_key',
          userId: 'user_id',
          credentialID: 'credential_id',
          deviceType: 'device_type',
          backedUp: 'backed_up',
          createdAt: 'created_at',
        },
      },
    },
  });
}

function notVerified(): APIError {
  return new APIError('UNAUTHORIZED', {
    code: 'PASSKEY_WITHOUT_VERIFICATION',
    message: 'This key did not check who holds it. Set a PIN or a finger on it and try again.',
  });
}

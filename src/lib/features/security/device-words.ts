import type { Device } from '#contracts/screens/security';

const browsers: readonly (readonly [RegExp, string])[] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const systems: readonly (readonly [RegExp, string])[] = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
];

const named = (text: string, among: typeof browsers): string | undefined =>
  among.find(([pattern]) => pattern.test(text))?.[1];

/** "Chrome on Windows"; what a browser says of itself is a hint, not a proof. */
export function deviceWords(agent: string | null): string {
  if (agent === null) return 'Unknown device';
  const browser = named(agent, browsers) ?? 'Some program';
  const system = named(agent, systems);
  return system === undefined ? browser : `${browser} on ${system}`;
}

export const methodWords: Record<Device['by'], string> = {
  password: 'password',
  sso: 'single sign-on',
  passkey: 'passkey',
  totp: 'password and code',
  recovery_code: 'password and recovery code',
};

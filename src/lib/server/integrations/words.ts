const words: Readonly<Record<string, string>> = {
  signature_missing: 'Signature missing',
  signature_placeholder: 'Signature is a placeholder',
  signature_mismatch: 'Signature does not match',
  timestamp_missing: 'Time stamp missing',
  timestamp_stale: 'Time stamp too old',
  credentials_missing: 'Credentials missing',
  credentials_mismatch: 'Credentials do not match',
  endpoint_without_secret: 'Endpoint has no secret',
  parse_failed: 'Message cannot be read',
  payload_invalid: 'Payload is not as agreed',
  normalise_failed: 'Message could not be understood',
  needs_fetch: 'The vendor must be asked for more',
  endpoint_gone: 'Endpoint is gone',
  not_from_the_door: 'Message did not come by the door',
  employee_unknown: 'No employee matches',
  fetch_failed: 'The vendor did not answer',
  fetch_mismatch: 'The vendor answered about something else',
  person_missing: 'Message names no person',
  apply_failed: 'Event could not be applied',
};

/** A reason's code as people say it; a code without words of its own is spelt out. */
export function reasonWords(code: string): string {
  const known = words[code];
  if (known !== undefined) return known;
  const text = code.replaceAll(/[._]/g, ' ').trim();
  return text === '' ? 'Unknown reason' : text[0]?.toUpperCase() + text.slice(1);
}

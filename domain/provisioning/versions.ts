import { PlumblineError } from '#platform/errors';

/** RFC 7644 section 3.14: a resource's version as weak entity tag. */
export const etagOf = (version: number): string => `W/"${version}"`;

/** Whether a list of entity tags names the version. */
export function namesVersion(header: string, version: number): boolean {
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(`"${version}"`);
}

/** Throws `scim.version_stale`. */
export function requireVersion(ifMatch: string | null, version: number): void {
  if (ifMatch === null || namesVersion(ifMatch, version)) return;
  throw new PlumblineError({
    kind: 'conflict',
    code: 'scim.version_stale',
    detail: 'The resource was changed in the meantime. Read it again.',
  });
}

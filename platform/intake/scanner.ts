export type Verdict =
  | { readonly verdict: 'clean' }
  | { readonly verdict: 'infected'; readonly name: string }
  /** Nobody looked: none is configured. */
  | { readonly verdict: 'not_scanned' }
  /** The scanner did not answer, or not in a way that can be understood. */
  | { readonly verdict: 'failed'; readonly why: string };

/** Looks into a file for malware. Never rejects: what it could not do is a verdict. */
export interface Scanner {
  scan(bytes: Buffer, signal?: AbortSignal): Promise<Verdict>;
}

export const noScanner: Scanner = { scan: () => Promise.resolve({ verdict: 'not_scanned' }) };

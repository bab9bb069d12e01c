/** One field of a form-encoded body, as bytes: the charset is the reader's business. */
export interface FormField {
  readonly name: string;
  readonly bytes: Buffer;
}

const maxFields = 100;

/** Splits `application/x-www-form-urlencoded` bytes. Broken percent signs stay as they are; never throws. */
export function readForm(rawBody: Buffer): FormField[] {
  return rawBody
    .toString('latin1')
    .split('&', maxFields)
    .filter((pair) => pair !== '')
    .map((pair) => {
      const cut = pair.indexOf('=');
      const name = cut < 0 ? pair : pair.slice(0, cut);
      return { name: unescape(name).toString('latin1'), bytes: unescape(cut < 0 ? '' : pair.slice(cut + 1)) };
    });
}

/** Percent signs to bytes. `decodeURIComponent` cannot: it insists on UTF-8. */
function unescape(text: string): Buffer {
  const plain = text
    .replaceAll('+', ' ')
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(plain, 'latin1');
}

/** True when the header, or failing that the look of the body, says form-encoded. */
export function looksFormEncoded(rawBody: Buffer, contentType: string | undefined): boolean {
  if (contentType?.toLowerCase().startsWith('application/x-www-form-urlencoded')) return true;
  return /^\s*[\w.\-[\]%+]+=[^\s<]/.test(rawBody.subarray(0, 300).toString('latin1'));
}

/** `charset` of a content type, lower case; null when it names none. */
export function charsetOf(contentType: string | undefined): string | null {
  return /charset\s*=\s*"?([\w.-]+)/i.exec(contentType ?? '')?.[1]?.toLowerCase() ?? null;
}

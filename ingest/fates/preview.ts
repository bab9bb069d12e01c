const previewLength = 1200;

const secretNames =
  /(?:ssn|social|dob|birth|first|last|middle|maiden|given|family|full|applicant|candidate_?name|person|e?mail|phone|tel|address|street|zip|postal|licen[cs]e|cdl|primaryid|password|user|token|secret|reporturl|quickapp)/i;

/**
 * The start of a body for a screen: personal values and secrets replaced, structure and words kept. Tables and form
 * fields have no names beside their values, so nothing of them is shown.
 */
export function maskedPreview(body: Buffer): string {
  const text = body
    .subarray(0, previewLength * 4)
    .toString('utf8')
    .replaceAll('\0', '');
  if (!/^[\ufeff\s]*[{[<]/.test(text)) return `${body.length} bytes, not shown`;
  return maskText(text).slice(0, previewLength);
}

/** By the name of the field where there is one (JSON, XML, attributes), by its look everywhere. */
function maskText(text: string): string {
  return text
    .replace(/("([^"\\]{1,60})"\s*:\s*)"(?:[^"\\]|\\.)*"?/g, (whole, lead: string, name: string) =>
      secretNames.test(name) ? `${lead}"•••"` : whole,
    )
    .replace(/(<([\w:.-]{1,60})[^<>]*>)([^<]+)/g, (whole, open: string, name: string) =>
      secretNames.test(name) ? `${open}•••` : whole,
    )
    .replace(/(&lt;([\w:.-]{1,60})&gt;)([^&<]+)/g, (whole, open: string, name: string) =>
      secretNames.test(name) ? `${open}•••` : whole,
    )
    .replace(
      /\b([\w:.-]{1,60})(\s*=\s*)(["'])[^"'<>]*\3/g,
      (whole, name: string, sign: string, quote: string) =>
        secretNames.test(name) ? `${name}${sign}${quote}•••${quote}` : whole,
    )
    .replace(/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, '•••@•••')
    .replace(/\b\d{3}-?\d{2}-?\d{4}\b/g, '•••');
}

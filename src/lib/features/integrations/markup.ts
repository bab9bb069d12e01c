export interface MarkedText {
  kind: 'plain' | 'name' | 'string' | 'number' | 'note';
  text: string;
}

const patterns = {
  json: /(?<name>"(?:[^"\\]|\\.)*"(?=\s*:))|(?<string>"(?:[^"\\]|\\.)*")|(?<number>-?\b\d+(?:\.\d+)?\b|\btrue\b|\bfalse\b|\bnull\b)/g,
  xml: /(?<note><!--[\s\S]*?-->)|(?<name><\/?[\w:.-]+|\/?>)|(?<string>"[^"]*")/g,
} as const;

/** Colours a JSON or XML body for reading. It never changes a character of it. */
export function markup(body: string): MarkedText[] {
  const pattern = body.trimStart().startsWith('<') ? patterns.xml : patterns.json;
  const parts: MarkedText[] = [];
  let at = 0;
  for (const match of body.matchAll(pattern)) {
    if (match.index > at) parts.push({ kind: 'plain', text: body.slice(at, match.index) });
    const kind = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined)?.[0];
    parts.push({ kind: (kind ?? 'plain') as MarkedText['kind'], text: match[0] });
    at = match.index + match[0].length;
  }
  if (at < body.length) parts.push({ kind: 'plain', text: body.slice(at) });
  return parts;
}

/** JSON on one line as lines of its parts; anything else, and JSON that was cut short, as it came. */
export function laidOut(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

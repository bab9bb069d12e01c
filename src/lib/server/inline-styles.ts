/**
 * The policy of the pages lets no style stand in an attribute: what can write one attribute could otherwise redraw the
 * page. Drawing on the server writes them all the same (`style:left`), so they are lifted into one sheet that carries the
 * page's nonce, until the script sets them by the object model, which the policy allows.
 */
export interface LiftedStyles {
  readonly html: string;
  /** Rules for the sheet. */
  readonly css: string;
}

/** Elements whose content is text to the end tag. */
const rawText: readonly string[] = ['script', 'style', 'textarea', 'title'];
/** Nothing that ends a declaration block, a sheet or its element. What holds such a thing is dropped. */
const plain = /^[^{}<>@\\]*$/;

/** Takes every `style="…"` out of the tags of a page that the server drew. Linear in its length. */
export function liftStyles(html: string): LiftedStyles {
  const names = new Map<string, string>();
  const parts: string[] = [];
  let at = 0;
  for (;;) {
    const open = html.indexOf('<', at);
    if (open === -1) break;
    const isComment = html.startsWith('<!--', open);
    const end = isComment ? after(html, '-->', open) : endOfTag(html, open);
    const tag = html.slice(open, end);
    parts.push(html.slice(at, open), isComment ? tag : lift(tag, names));
    at = isComment ? end : endOfRawText(html, tag, end);
    parts.push(html.slice(end, at));
  }
  parts.push(html.slice(at));
  // `:not(#_)` lends the weight of an id: what an attribute says wins over classes.
  const rules = [...names].map(([style, name]) => `[data-lifted="${name}"]:not(#_){${style}}`);
  return { html: parts.join(''), css: rules.join('') };
}

/** Behind the text of an element whose content is no markup; `from` for all others. */
function endOfRawText(html: string, tag: string, from: number): number {
  const name = /^<([a-z]+)[\s/>]/i.exec(tag)?.[1]?.toLowerCase();
  if (name === undefined || !rawText.includes(name)) return from;
  const end = new RegExp(`</${name}`, 'ig');
  end.lastIndex = from;
  return end.exec(html)?.index ?? html.length;
}

function after(html: string, mark: string, from: number): number {
  const found = html.indexOf(mark, from);
  return found === -1 ? html.length : found + mark.length;
}

/** A `>` inside quotes ends no tag. */
function endOfTag(html: string, open: number): number {
  let quote = '';
  for (let at = open + 1; at < html.length; at += 1) {
    const char = html.charAt(at);
    if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (char === '>') return at + 1;
  }
  return html.length;
}

function lift(tag: string, names: Map<string, string>): string {
  if (!tag.includes(' style="')) return tag;
  const open = attributeAt(tag, ' style="');
  if (open === -1) return tag;
  const from = open + ' style="'.length;
  const to = tag.indexOf('"', from);
  const style = decode(tag.slice(from, to));
  const rest = (attribute: string) => tag.slice(0, open) + attribute + tag.slice(to + 1);
  if (!plain.test(style) || style.trim() === '') return rest('');
  const name = names.get(style) ?? String(names.size + 1);
  names.set(style, name);
  return rest(` data-lifted="${name}"`);
}

/** Where an attribute begins that stands outside the values of others. */
function attributeAt(tag: string, attribute: string): number {
  let quote = '';
  for (let at = 1; at < tag.length; at += 1) {
    const char = tag.charAt(at);
    if (quote === '' && tag.startsWith(attribute, at)) return at;
    if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = char;
  }
  return -1;
}

const entities: Readonly<Record<string, string>> = { '&quot;': '"', '&lt;': '<', '&gt;': '>', '&amp;': '&' };
const decode = (text: string): string =>
  text.replaceAll(/&(?:quot|lt|gt|amp);/g, (entity) => entities[entity] ?? entity);

import { SaxesParser } from 'saxes';

const maxDepth = 200;
const maxElements = 500_000;

/**
 * What is wrong with an XML document, in words; null = nothing. One that declares a type or an entity is refused for it:
 * entities unfold (billion laughs) and fetch (XXE). Nothing is kept while it is read.
 */
export function faultOfXml(bytes: Buffer): string | null {
  const parser = new SaxesParser();
  let fault: string | null = null;
  let depth = 0;
  let elements = 0;
  const stop = (words: string) => {
    fault ??= words;
    throw new Error(words);
  };
  parser.on('doctype', () => stop('it declares a document type, where entities may hide'));
  parser.on('opentagstart', ({ name }) => {
    if ((depth += 1) > maxDepth) stop(`it is nested deeper than ${maxDepth} levels`);
    if ((elements += 1) > maxElements) stop(`it has more than ${maxElements} elements`);
    if (name.toLowerCase() === 'script') stop('it holds a script');
  });
  parser.on('closetag', () => (depth -= 1));
  parser.on('error', () => stop('it is not well-formed XML'));
  try {
    parser.write(new TextDecoder('utf-8', { fatal: true }).decode(bytes)).close();
    return null;
  } catch {
    return fault ?? 'it is not XML in UTF-8';
  }
}

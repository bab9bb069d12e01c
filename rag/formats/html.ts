import { parse, type DefaultTreeAdapterTypes } from 'parse5';
import type { Section } from '../corpus/section.ts';
import { sectionsOfBlocks, type Block } from './blocks.ts';
import type { Reading } from './reading.ts';

type HtmlNode = DefaultTreeAdapterTypes.ChildNode | DefaultTreeAdapterTypes.Document;

const apart = new Set([
  'script',
  'style',
  'nav',
  'header',
  'footer',
  'noscript',
  'template',
  'svg',
  'form',
  'button',
]);
const breaking = new Set(
  'address article aside blockquote body br dd div dl dt figure h1 h2 h3 h4 h5 h6 hr html li main ol p pre section table tbody thead tr ul'.split(
    ' ',
  ),
);

/** Headings and paragraphs of a page; what moves or frames it (scripts, menus) is left out. */
export function readHtml(text: string, reading: Reading): Section[] {
  const blocks: Block[] = [];
  let words = '';
  const flush = (level: number): void => {
    const tidy = words.replaceAll(/\s+/g, ' ').trim();
    if (tidy !== '') blocks.push({ level, text: tidy });
    words = '';
  };
  const walk = (node: HtmlNode): void => {
    if (node.nodeName === '#text' && 'value' in node) words += node.value;
    if (apart.has(node.nodeName) || !('childNodes' in node)) return;
    const breaks = breaking.has(node.nodeName);
    if (breaks) flush(0);
    for (const child of node.childNodes) {
      walk(child);
      if (node.nodeName === 'tr') words += ' ';
    }
    if (breaks) flush(Number(/^h([1-6])$/.exec(node.nodeName)?.[1] ?? 0));
  };
  walk(parse(text));
  flush(0);
  return sectionsOfBlocks(blocks, reading);
}

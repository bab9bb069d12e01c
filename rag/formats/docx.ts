import mammoth from 'mammoth';
import type { Section } from '../corpus/section.ts';
import { readHtml } from './html.ts';
import type { Reading } from './reading.ts';

/** A Word document: its headings and paragraphs. */
export async function readDocx(bytes: Uint8Array, reading: Reading): Promise<Section[]> {
  const { value } = await mammoth.convertToHtml({ buffer: Buffer.from(bytes) });
  return readHtml(value, reading);
}

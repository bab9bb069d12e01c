import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { PlumblineError } from '#platform/errors';
import type { Section } from '../corpus/section.ts';
import { readDocx } from './docx.ts';
import { readEcfrXml } from './ecfr-xml.ts';
import { readHtml } from './html.ts';
import { readMarkdown } from './markdown.ts';
import { readPdf } from './pdf.ts';
import { unknownDay, type Reading } from './reading.ts';
import { readSectionsJsonl } from './sections-jsonl.ts';
import { readUslmXml } from './uslm-xml.ts';

/** Beside what the caller knows: `title-49-part-382.2026-05-07.pdf` says its title and its date. */
export function readingOf(file: string, known: Partial<Reading>): Reading {
  const name = path.basename(file, path.extname(file));
  const asOf = known.asOf ?? /(\d{4}-\d{2}-\d{2})/.exec(name)?.[1];
  const title = known.title ?? /(?:title|cfr)-(\d{1,2})\b/i.exec(name)?.[1];
  return { ...known, name, asOf, title };
}

/** Reads one file by its ending. Throws `corpus.format_unknown`, `corpus.date_missing`, `corpus.xml_unreadable`, `corpus.line_unreadable`. */
export async function readCorpusFile(file: string, known: Partial<Reading>): Promise<Section[]> {
  const sections = await readByEnding(file, known);
  if (sections.some(({ asOf }) => asOf === unknownDay)) {
    throw new PlumblineError({
      kind: 'invalid',
      code: 'corpus.date_missing',
      detail: `${path.basename(file)} does not say of which day its text is. Say it with --as-of YYYY-MM-DD.`,
    });
  }
  return sections;
}

async function readByEnding(file: string, known: Partial<Reading>): Promise<Section[]> {
  const reading = readingOf(file, known);
  const bytes = await readFile(file);
  const text = () => bytes.toString('utf8');
  switch (path.extname(file).toLowerCase()) {
    case '.xml':
      return /xml\.house\.gov\/schemas\/uslm/.test(text().slice(0, 2000))
        ? readUslmXml(text(), reading)
        : readEcfrXml(text(), reading);
    case '.md':
    case '.txt':
      return readMarkdown(text(), reading);
    case '.html':
    case '.htm':
      return readHtml(text(), reading);
    case '.pdf':
      return readPdf(bytes, reading);
    case '.docx':
      return readDocx(bytes, reading);
    case '.jsonl':
      return readSectionsJsonl(text());
    default:
      throw new PlumblineError({
        kind: 'invalid',
        code: 'corpus.format_unknown',
        detail: `${path.basename(file)} is none of .xml, .md, .txt, .html, .pdf, .docx, .jsonl.`,
      });
  }
}

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEcfrXml } from './ecfr-xml.ts';
import { fetchEcfrPart } from './fetch-ecfr.ts';
import { readHtml } from './html.ts';
import { readMarkdown } from './markdown.ts';
import { dayOf } from './reading.ts';
import { readSectionsJsonl } from './sections-jsonl.ts';
import { readUslmXml } from './uslm-xml.ts';

const part = `<?xml version="1.0"?>
<DIV5 N="382" TYPE="PART"><HEAD>PART 382 - TESTING</HEAD><AUTH><HED>Authority:</HED></AUTH>
<DIV6 N="A" TYPE="SUBPART"><HEAD>Subpart A - General</HEAD>
<DIV8 N="§ 382.101" TYPE="SECTION"><HEAD>§ 382.101   Purpose &amp; aim.</HEAD><P>(a) To <I>prevent</I> accidents.</P>
<P>(1) Everywhere.</P><EFFDNOT><HED>Effective Date Note:</HED><PSPACE>At 90 FR 1, this changes.</PSPACE></EFFDNOT>
<CITA>[66 FR 43103]</CITA></DIV8>
<DIV8 N="§ 382.102" TYPE="SECTION"><HEAD>§§ 382.102-382.104 [Reserved]</HEAD></DIV8>
<DIV8 N="382.105T" TYPE="SECTION"><HEAD>§ 382.105T Procedures.</HEAD><TABLE><TR><TD>A</TD><TD>B</TD></TR></TABLE></DIV8>
</DIV6><DIV9 N="Appendix A" TYPE="APPENDIX"><HEAD>Appendix A to Part 382 - Forms</HEAD><P>Form.</P></DIV9></DIV5>`;
const reading = { name: 'x', title: '49', asOf: '2026-03-17' };

describe('eCFR XML', () => {
  it('keeps the path, notices, reserved ranges, temporary sections and appendices', () => {
    expect(readEcfrXml(part, reading)).toMatchObject([
      {
        citation: '49 CFR 382.101',
        title: 'Purpose & aim.',
        path: ['PART 382 - TESTING', 'Subpart A - General'],
        group: 'DOT',
        status: 'text',
        asOf: '2026-03-17',
        notices: ['Effective Date Note:At 90 FR 1, this changes.'],
        text: '(a) To prevent accidents.\n(1) Everywhere.',
      },
      { citation: '49 CFR 382.102', status: 'reserved', text: '' },
      { citation: '49 CFR 382.105T', title: 'Procedures.', text: 'A | B' },
      { citation: '49 CFR Appendix A to Part 382', text: 'Form.' },
    ]);
  });
  it('takes title and date from a whole title', () => {
    const whole = `<ECFR><AMDDATE>May 2, 2018</AMDDATE><DIV1 N="7" TYPE="TITLE"><HEAD>Title 7</HEAD>${part.replace(/<\?.*\?>/, '')}</DIV1></ECFR>`;
    expect(readEcfrXml(whole, { name: 'x' })[0]).toMatchObject({
      citation: '7 CFR 382.101',
      asOf: '2018-05-02',
      group: 'other',
    });
  });
  it('reads a granule of the annual edition', () => {
    const granule = `<CFRGRANULE><FDSYS><CFRTITLE>12</CFRTITLE><DATE>2012-01-01</DATE><TITLE>REGULATION V</TITLE></FDSYS>
      <PART><SECTION><SECTNO>§ 1022.1</SECTNO><SUBJECT>Purpose.</SUBJECT><P>(a) <E T="03">Purpose.</E> Words.</P></SECTION></PART></CFRGRANULE>`;
    expect(readEcfrXml(granule, { name: 'x' })).toMatchObject([
      {
        citation: '12 CFR 1022.1',
        title: 'Purpose.',
        asOf: '2012-01-01',
        group: 'FCRA',
        text: '(a) Purpose. Words.',
      },
    ]);
  });
  it('says what is no XML', () => {
    expect(() => readEcfrXml('<DIV5><HEAD></DIV5>', reading)).toThrow('corpus.xml_unreadable');
  });
});

it('reads a section of the Code', () => {
  const xml = `<section xmlns="http://xml.house.gov/schemas/uslm/1.0" identifier="/us/usc/t15/s1681e"><num>§ 1681e.</num>
    <heading> Compliance</heading><subsection><num>(a)</num><heading> Identity</heading><content><p>Every agency.</p></content></subsection>
    <subsection><num>(b)</num><paragraph><num>(1)</num><content>First.</content></paragraph></subsection>
    <sourceCredit>(Pub. L.)</sourceCredit></section>`;
  expect(readUslmXml(xml, { name: 'x', asOf: '2026-07-18' })).toMatchObject([
    {
      citation: '15 U.S.C. 1681e',
      title: 'Compliance',
      group: 'FCRA',
      text: '(a) Identity. Every agency.\n(b)\n(1) First.',
    },
  ]);
});

describe('Markdown', () => {
  it('begins sections of the law at their numbers', () => {
    const text = `# PART 382\n\n**Last scraped:** 2026-03-17\n\n## Subpart A\n\n#### § 382.101 Purpose.\n\n(a) See [§ 40.3](/x-40.3#p-40.3\\(a\\)) _now_.\n\n[[66 FR 1](https://x), Aug. 17, 2001]\n\n#### §§ 382.102-382.104 [Reserved]\n`;
    expect(readMarkdown(text, { name: 'x', title: '49' })).toMatchObject([
      {
        citation: '49 CFR 382.101',
        path: ['PART 382', 'Subpart A'],
        asOf: '2026-03-17',
        text: '(a) See § 40.3 now.',
      },
      { citation: '49 CFR 382.102-382.104', status: 'reserved' },
    ]);
  });
  it('makes a section of each heading of a company’s own text', () => {
    const found = readMarkdown('# Yard\n\nKeys.\n\n## Night\n\n- Lock up.\n', {
      name: 'Handbook',
      asOf: '2026-01-01',
    });
    expect(found.map(({ citation, text }) => [citation, text])).toEqual([
      ['Handbook, Yard', 'Keys.'],
      ['Handbook, Yard, Night', 'Lock up.'],
    ]);
  });
});

it('reads a page, and no scripts or menus', () => {
  const page =
    '<nav>Menu</nav><h1>Yard</h1><script>x()</script><p>Keys <b>hang</b>.</p><ul><li>Here</li></ul>';
  expect(
    readHtml(page, { name: 'H', asOf: '2026-01-01' }).map(({ citation, text }) => [citation, text]),
  ).toEqual([['H, Yard', 'Keys hang.\nHere']]);
});

describe('lines of sections', () => {
  it('are read, a month as its first day', () => {
    const line =
      '{"id":1,"citation":"29 CFR 1904.1","title":"T","text":"(a) X","as_of":"2026-02","group":"OSHA"}';
    expect(readSectionsJsonl(`${line}\n\n`)).toMatchObject([
      { asOf: '2026-02-01', status: 'text', path: [] },
    ]);
  });
  it('are refused with their number', () => {
    expect(() => readSectionsJsonl('{"citation":"x"}')).toThrow('Line 1');
  });
});

it.each([
  ['Dec. 29, 2022(fm)', '2022-12-29'],
  ['May 2, 2018', '2018-05-02'],
  ['2026-03-17T00:00', '2026-03-17'],
  ['no day', '1900-01-01'],
])('reads the day in %s', (text, day) => expect(dayOf(text)).toBe(day));

describe('fetching from the eCFR', () => {
  const asked: string[] = [];
  let server: Server;
  let from = '';
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      if (request.url === '/api/versioner/v1/titles.json') {
        response.end(JSON.stringify({ titles: [{ number: 49, up_to_date_as_of: '2026-11-18' }] }));
      } else if (request.url?.startsWith('/api/versioner/v1/full/2026-11-18/title-49.xml?part=382'))
        response.end(part);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    from = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  it('takes the newest issue', async () => {
    const got = await fetchEcfrPart({ from, title: '49', part: '382', asOf: null });
    expect(got.asOf).toBe('2026-11-18');
    expect(readEcfrXml(got.xml, { name: 'x', title: '49', asOf: got.asOf })).toHaveLength(4);
  });
  it('says what it does not get', async () => {
    await expect(fetchEcfrPart({ from, title: '50', part: '1', asOf: null })).rejects.toThrow(
      'corpus.ecfr_title_unknown',
    );
    await expect(fetchEcfrPart({ from, title: '49', part: '999', asOf: '2020-01-01' })).rejects.toThrow(
      'corpus.ecfr_refused',
    );
    await expect(
      fetchEcfrPart({ from: 'http://127.0.0.1:1', title: '49', part: '1', asOf: '2020-01-01' }),
    ).rejects.toThrow('corpus.ecfr_unreachable');
  });
});

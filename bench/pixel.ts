import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import { demoPassword } from '#demo';
import { openBrowser } from '../tests/support/browser.ts';
import { trafficOf } from './messages.ts';
import { metric, percentile, type PartResult } from './metrics.ts';
import { sendPaced } from './pace.ts';
import { openSender } from './sender.ts';
import { startServer, type ServerUnderTest } from './server-under-test.ts';
import { createToggles, type Toggles } from './toggles.ts';

const backgroundPerS = 500;
const admin = 'marguerite.voss@harrowpike.example';

/** What the page notes for one employee: epoch ms of the changed cell, and of the first frame painted after it. */
interface Stamp {
  readonly changedAtMs: number;
  readonly paintedAtMs: number;
}

type Driver = Toggles['drivers'][number];

/** Signs in and opens the wide grid: all whom DOT concerns, by name, so that a change moves no row. */
async function openBoard(page: Page, { origin }: ServerUnderTest): Promise<void> {
  await page.goto(`${origin}/sign-in`);
  await page.fill('input[type=email]', admin);
  await page.fill('input[type=password]', demoPassword);
  await page.click('button[type=submit]');
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  await page.goto(`${origin}/board?module=dot&group=none&sort=name`);
  await page.waitForSelector('.board a[data-flag]');
}

/**
 * Drivers whose DOT cell is in sight and can change: one that is red for another reason stays red. Rows tell names
 * alone, so only those whose name is theirs alone.
 */
async function inSight(page: Page, drivers: readonly Driver[]): Promise<Driver[]> {
  const rows = await page.$$eval('.board tbody tr[aria-selected]', (lines) =>
    lines.map((line) => ({
      name: line.querySelector('th a')?.textContent ?? '',
      isRed: line.querySelector('a[data-flag="red"][href$="dot"]') !== null,
    })),
  );
  const names = rows.map(({ name }) => name);
  const red = new Set(rows.filter(({ isRed }) => isRed).map(({ name }) => name));
  const nameOf = ({ firstName, lastName }: Driver) => `${firstName} ${lastName}`;
  return drivers.filter(
    (driver) =>
      names.filter((name) => name === nameOf(driver)).length === 1 &&
      !red.has(nameOf(driver)) &&
      drivers.filter((other) => nameOf(other) === nameOf(driver)).length === 1,
  );
}

/** What watch-cells.browser.js leaves in the page. */
interface Watched {
  readonly plumblineStamps: Record<string, Stamp[]>;
}

const watcher = readFileSync(new URL('watch-cells.browser.js', import.meta.url), 'utf8');
const readStamps = (page: Page): Promise<Record<string, Stamp[]>> =>
  page.evaluate(() => (globalThis as unknown as Watched).plumblineStamps);

const nowMs = () => performance.timeOrigin + performance.now();

/** How far the page's clock is ahead of ours, from the quickest of some exchanges. */
async function clockOffsetMs(page: Page): Promise<number> {
  let best = { tookMs: Infinity, offsetMs: 0 };
  for (let round = 0; round < 50; round += 1) {
    const beforeMs = nowMs();
    const theirsMs = await page.evaluate(() => performance.timeOrigin + performance.now());
    const tookMs = nowMs() - beforeMs;
    if (tookMs < best.tookMs) best = { tookMs, offsetMs: theirsMs - (beforeMs + tookMs / 2) };
  }
  return best.offsetMs;
}

interface Post {
  readonly name: string;
  readonly postedAtMs: number;
}

async function sendToggles(
  toggles: Toggles,
  seen: readonly Driver[],
  samples: number,
  server: ServerUnderTest,
): Promise<Post[]> {
  const sender = await openSender({ host: 'localhost', port: server.port, connections: 4 });
  const posts: Post[] = [];
  const everyMs = Math.max(60, 2000 / seen.length);
  try {
    for (let at = 0; at < samples; at += 1) {
      const driver = seen[at % seen.length];
      if (driver === undefined) break;
      const request = toggles.next(driver);
      const postedAtMs = nowMs();
      posts.push({ name: `${driver.firstName} ${driver.lastName}`, postedAtMs });
      await sender.post(request);
      await sleep(everyMs);
    }
  } finally {
    sender.close();
  }
  return posts;
}

/** The first change of the person's cell after each post and before the next one of the same person. */
function pair(posts: readonly Post[], stamps: Readonly<Record<string, readonly Stamp[]>>, offsetMs: number) {
  return posts.map((post, at) => {
    const until = posts.slice(at + 1).find(({ name }) => name === post.name)?.postedAtMs ?? Infinity;
    const found = (stamps[post.name] ?? [])
      .map((stamp) => ({
        changedAtMs: stamp.changedAtMs - offsetMs,
        paintedAtMs: stamp.paintedAtMs - offsetMs,
      }))
      .find(({ changedAtMs }) => changedAtMs >= post.postedAtMs && changedAtMs < until);
    return found === undefined
      ? null
      : { changedMs: found.changedAtMs - post.postedAtMs, paintedMs: found.paintedAtMs - post.postedAtMs };
  });
}

async function measureOn(page: Page, server: ServerUnderTest, samples: number): Promise<PartResult> {
  await openBoard(page, server);
  const toggles = createToggles(server.state, server.origin, 'pixel');
  const seen = await inSight(page, toggles.drivers);
  if (seen.length < 5) throw new Error(`only ${seen.length} drivers are in sight`);
  // As the debugger does: the page's content security policy allows no foreign script.
  await page.evaluate(watcher);
  const offsetMs = await clockOffsetMs(page);
  const seconds = Math.ceil((samples * Math.max(60, 2000 / seen.length)) / 1000) * 3 + 30;
  const { state, origin, port } = server;
  const requests = trafficOf({
    state,
    origin,
    run: 'bg',
    count: seconds * backgroundPerS,
    ratePerS: backgroundPerS,
    // Where another message suspends the same licence, a marked one changes nothing, and rightly so.
    except: new Set(seen.map(({ number }) => number)),
  });
  const background = await openSender({ host: 'localhost', port, connections: 64 });
  const ended = new AbortController();
  const sending = sendPaced(background, requests, backgroundPerS, ended.signal);
  await sleep(3000);
  const posts = await sendToggles(toggles, seen, samples, server);
  await sleep(3000);
  const stamps = await readStamps(page);
  ended.abort();
  const { sent } = await sending;
  background.close();
  return resultOf(pair(posts, stamps, offsetMs), seen.length, sent);
}

function percentilesOf(values: readonly number[]): string {
  return [50, 95, 99].map((rank) => `p${rank} ${percentile(values, rank).toFixed(1)} ms`).join(', ');
}

function resultOf(pairs: ReturnType<typeof pair>, drivers: number, sent: number): PartResult {
  const found = pairs.filter((one) => one !== null);
  const lost = pairs.length - found.length;
  if (found.length === 0) throw new Error('no change reached the page');
  const changed = found.map(({ changedMs }) => changedMs);
  const painted = found.map(({ paintedMs }) => paintedMs);
  return {
    metrics: [
      metric('pixel.p50_ms', percentile(changed, 50)),
      metric('pixel.p99_ms', percentile(changed, 99)),
    ],
    notes: [
      `${found.length} changes of ${drivers} drivers' cells amid ${backgroundPerS} events/s (${sent} sent); ${lost} marked events changed no cell within 2 s.`,
      `POST → cell changed in the document: ${percentilesOf(changed)}.`,
      `POST → frame with the change painted: ${percentilesOf(painted)}.`,
    ],
  };
}

/**
 * From sending a vendor's message to the changed cell on a company administrator's board in Chromium, while vendors
 * send 500 other events a second.
 */
export async function measurePixel({ quick }: { quick: boolean }): Promise<PartResult> {
  const server = await startServer({ people: quick ? 200 : 1000, history: true });
  const browser = await openBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    return await measureOn(page, server, quick ? 20 : 400);
  } finally {
    await browser.close();
    await server.stop();
  }
}

import { clearUnfinishedDemo, openDemo, type Demo } from '#demo';
import { loadConfig, processEnvironment } from '#platform/config';
import { createApp } from './lib/server/app.ts';
import { onProgress, openProcess, say, serveWeb } from './process.ts';

/** `npm start`: every role in one process. */
const config = loadConfig(processEnvironment());
const own = await openProcess(config, { noticeMs: 0 });

const demo = config.demo.enabled ? openTheDemo() : null;
const app = await createApp({ ...own, demo, ...(demo ? { prepare: demo.prepare } : {}) });
if (demo?.isNew()) {
  onProgress('Demo: loading the warehouse');
  await app.settle();
}
await serveWeb(own, app);
say(`\n  Plumbline  ${config.http.origin}\n`);
if (demo) announce(demo);

function openTheDemo(): Demo {
  const { data, http, demo: wanted } = config;
  if (clearUnfinishedDemo(data.folder)) onProgress('The first set-up was cut short; starting over');
  return openDemo({
    folder: data.folder,
    origin: http.origin,
    people: wanted.people,
    withHistory: wanted.history,
    clock: own.clock,
    ids: own.ids,
    log: own.log,
    signal: own.lifecycle.signal,
    onProgress,
  });
}

function announce({ accounts, simulator }: Demo): void {
  say(`  Demo sign-ins (password of all: ${accounts[0]?.password ?? ''})\n`);
  for (const { email, note } of accounts) say(`    ${email.padEnd(36)} ${note}`);
  say('\n  Ctrl-C stops; the next start goes on from here.\n');
  if (config.demo.ratePerSecond > 0) void simulator.start(config.demo.ratePerSecond);
}

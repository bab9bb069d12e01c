import { loadConfig, loadEngineConfig, type Environment } from '#platform/config';
import { createIngestApp, createWebApp, createWorkerApp } from './lib/server/app.ts';
import { openProcess, serveFront, serveWeb } from './process.ts';

/** Long enough for a load balancer that looks every second or two. */
const noticeMs = 3000;

/** Each role runs until the process is asked to end. Any number of each may run side by side. */
export const roles: Readonly<Record<'web' | 'ingest' | 'worker', (env: Environment) => Promise<void>>> = {
  web: async (env) => {
    const own = await openProcess(loadConfig(env, 'web'), { noticeMs });
    await serveWeb(own, await createWebApp(own));
  },
  ingest: async (env) => {
    const own = await openProcess(loadEngineConfig(env, 'ingest'), { noticeMs });
    await serveFront(own, await createIngestApp(own));
  },
  worker: async (env) => {
    // Nobody sends it work: it ends at once.
    const own = await openProcess(loadEngineConfig(env, 'worker'), { noticeMs: 0 });
    await serveFront(own, await createWorkerApp(own));
  },
};

import { existsSync } from 'node:fs';
import { chromium as playwright, type Browser } from '@playwright/test';
import packaged from '@sparticuz/chromium';

/** The tests' Chromium: `$CHROMIUM`, or the one that npm brought, or the system's. */
async function executable(): Promise<string> {
  const chosen = process.env['CHROMIUM'];
  if (chosen) return chosen;
  if (process.platform === 'linux' && process.arch === 'x64') return packaged.executablePath();
  const system = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path));
  if (system) return system;
  throw new Error(
    'No browser for the tests on this platform: set CHROMIUM to a Chromium or Chrome executable.',
  );
}

export async function openBrowser(): Promise<Browser> {
  return playwright.launch({
    executablePath: await executable(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--font-render-hinting=none',
    ],
  });
}

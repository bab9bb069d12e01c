import type { Command } from 'commander';
import * as z from 'zod';
import { createAudit, systemContext } from '#domain/audit';
import { createIdentity } from '#domain/identity';
import { sealStoredSecrets } from '#ingest';
import { systemClock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import { randomIds } from '#platform/ids';
import { addMasterKey, createKeys, createLocalKms, rotateKeys, type Kms } from '#platform/keys';
import { requireMigrated } from '../migrations/run.ts';
import { masterKeyFileOf, openKms } from '../src/lib/server/keys.ts';
import { sealStored } from '../src/lib/server/privacy/seal-stored.ts';
import { print, withPostgres, type Tool } from './tools.ts';

const context = systemContext('command line');

const rotateOptions = z.object({
  newMaster: z.boolean().default(false),
  renew: z.boolean().default(false),
  reEncrypt: z.boolean().default(false),
});
type RotateOptions = z.infer<typeof rotateOptions>;

/** `plumbline admin rotate-keys` and `seal-data`. */
export function addKeyCommands(admin: Command): void {
  admin
    .command('rotate-keys')
    .description('Wrap all data keys anew by the present master key. Safe to repeat and to stop anywhere.')
    .option('--new-master', 'first put a new master key into the key file, before the present ones')
    .option('--renew', 'give every company a new key of its own; persons’ keys are wrapped by it')
    .option('--re-encrypt', 'seal again what lies under companies’ earlier keys (endpoint secrets)')
    .addHelpText(
      'after',
      `
Encrypted values stay as they are, but for --re-encrypt. An earlier master key may leave MASTER_KEYS or the key file when
this has ended for all companies: copies of the database from before still need it. With AWS_KMS_KEY_ID changed, AWS must
still hold the earlier key until then. Back up the key file after --new-master, before anything else.`,
    )
    .action((options: unknown) => withPostgres((tool) => rotateAll(tool, rotateOptions.parse(options))));
  admin
    .command('seal-data')
    .description(
      'Encrypt what was stored before it was encrypted at once. Safe to repeat and to stop anywhere.',
    )
    .addHelpText(
      'after',
      '\n"plumbline migrate" and "npm start" do the same. Audit entries cannot be changed.',
    )
    .action(() => withPostgres(sealAll));
}

async function companies({ postgres, keys }: Pick<Tool, 'postgres' | 'keys'>) {
  const audit = createAudit({ clock: systemClock, ids: randomIds, keys: keys() });
  const identity = createIdentity({ postgres, clock: systemClock, ids: randomIds, audit });
  return { audit, list: await identity.allTenants() };
}

async function rotateAll(tool: Tool, options: RotateOptions): Promise<void> {
  await requireMigrated(tool.postgres);
  const kms = options.newMaster ? withNewMaster(tool) : openKms(tool.config, tool.log);
  // Each time anew: one that was open before would seal by the company's earlier key for some minutes.
  const open = () => createKeys({ kms, clock: systemClock, ids: randomIds });
  const { audit, list } = await companies({ postgres: tool.postgres, keys: open });
  const deps = { postgres: tool.postgres, kms, clock: systemClock, ids: randomIds };
  for (const { id, name } of list) {
    const rotated = await rotateKeys(deps, id, options.renew);
    const resealed = options.reEncrypt
      ? await tool.postgres.asTenant(id, (tx) => sealStoredSecrets(open(), tx, id, true))
      : 0;
    const after = { ...rotated, resealed, wrappedBy: kms.keyId };
    const subject = { type: 'tenant', id };
    await tool.postgres.asTenant(id, (tx) =>
      audit.append(tx, id, [{ ...context, act: 'privacy:keys:rotate', subject, after }]),
    );
    print(
      `${name}: ${rotated.rewrapped} company keys and ${rotated.subjects} keys of persons wrapped anew` +
        `${rotated.renewed ? ', new company key' : ''}${options.reEncrypt ? `, ${resealed} endpoints sealed again` : ''}`,
    );
  }
}

function withNewMaster({ config, log }: Tool): Kms {
  const file = masterKeyFileOf(config);
  if (file === null) {
    throw new PlumblineError({
      kind: 'invalid',
      code: 'admin.no_key_file',
      detail:
        '--new-master writes the key file, and master keys come from MASTER_KEYS or AWS KMS here: change those.',
    });
  }
  openKms(config, log);
  print(`${file}: new master key. BACK UP THIS FILE NOW, apart from the database.`);
  return createLocalKms(addMasterKey(file));
}

export async function sealAll({ postgres, keys }: Pick<Tool, 'postgres' | 'keys'>): Promise<void> {
  await requireMigrated(postgres);
  const opened = keys();
  const { list } = await companies({ postgres, keys: () => opened });
  for (const { id, name } of list) print(`${name}: ${await sealStored(postgres, opened, id)} rows sealed`);
}

import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import * as z from 'zod';
import { roles, roleSchema } from '#contracts/roles';
import { createAudit, systemContext, verifyAudit } from '#domain/audit';
import {
  createAccount,
  createAuth,
  createIdentity,
  portals,
  type Auth,
  type Identity,
} from '#domain/identity';
import { PlumblineError } from '#platform/errors';
import { systemClock } from '#platform/clock';
import { randomIds } from '#platform/ids';
import { createTemporaryKeys } from '#platform/keys';
import { requireMigrated } from '../migrations/run.ts';
import { addKeyCommands } from './keys.ts';
import { addRebuildWarehouse } from './rebuild-warehouse.ts';
import { print, withPostgres, type Tool } from './tools.ts';

const context = systemContext('command line');

function identityOf({ postgres, keys }: Pick<Tool, 'postgres' | 'keys'>): Identity {
  const audit = createAudit({ clock: systemClock, ids: randomIds, keys: keys() });
  return createIdentity({ postgres, clock: systemClock, ids: randomIds, audit });
}

const throwaway = () => createTemporaryKeys(systemClock);

/** For accounts alone: it signs no session, so its secret is nobody's. */
function authOf({ postgres, config, log }: Tool): Auth {
  const secret = randomBytes(32).toString('base64url');
  const origins = [config.http.origin] as const;
  return createAuth({ postgres, secret, origins: [...origins], clock: systemClock, ids: randomIds, log });
}

/** `plumbline admin …`: what an operator does beside the pages. Each subcommand is one function of this folder. */
export function addAdmin(program: Command): void {
  const admin = program
    .command('admin')
    .description('What an operator does beside the pages: companies, accounts, proofs.')
    .addHelpText('after', '\nEmbedded engines: stop the server first, they belong to one process.');
  addVerifyAudit(admin);
  addCreateTenant(admin);
  addCreateUser(admin);
  addResetFactors(admin);
  addRebuildWarehouse(admin);
  addKeyCommands(admin);
}

function addVerifyAudit(admin: Command): void {
  admin
    .command('verify-audit')
    .description('Recompute every company’s audit chain. Ends with 2 when one is broken.')
    .action(() =>
      withPostgres(async ({ postgres }) => {
        // Proves the chain to whoever has the database alone: sealed values are hashed as they are stored.
        for (const tenant of await identityOf({ postgres, keys: throwaway }).allTenants()) {
          const result = await verifyAudit(postgres, tenant.id);
          print(`${result.ok ? 'whole ' : 'BROKEN'}  ${tenant.name}: ${result.entries} entries`);
          for (const finding of result.findings) print(`        ${finding.sequence}: ${finding.detail}`);
          if (!result.ok) process.exitCode = 2;
        }
      }),
    );
}

const tenantOptions = z.object({
  name: z.string().trim().min(1).max(200),
  kind: z.enum(['service', 'compliance']),
  zone: z.string(),
});

function addCreateTenant(admin: Command): void {
  admin
    .command('create-tenant')
    .description('Make a company. Prints its id.')
    .requiredOption('--name <name>', 'as people read it')
    .option('--kind <kind>', 'service, or compliance (oversees service companies)', 'service')
    .option('--zone <zone>', 'IANA time zone, in which its days begin', 'America/Chicago')
    .action((options: unknown) =>
      withPostgres(async ({ postgres, keys }) => {
        await requireMigrated(postgres);
        print(await identityOf({ postgres, keys }).createTenant(tenantOptions.parse(options), context));
      }),
    );
}

const userOptions = z.object({
  tenant: z.string().transform((id) => id as Parameters<Identity['tenant']>[0]),
  role: roleSchema,
  name: z.string(),
  email: z.string(),
});

function addCreateUser(admin: Command): void {
  admin
    .command('create-user')
    .description('Make an account with a role in a company. Prints its id and a first password.')
    .requiredOption('--tenant <id>', 'as create-tenant printed it')
    .requiredOption('--role <role>', `one of ${roles.join(', ')}`)
    .requiredOption('--name <name>')
    .requiredOption('--email <address>', 'to sign in with')
    .addHelpText('after', '\nThe password is printed once and kept nowhere else. Change it after signing in.')
    .action((options: unknown) =>
      withPostgres(async (tool) => {
        const { tenant, role, name, email } = userOptions.parse(options);
        await requireMigrated(tool.postgres);
        const identity = identityOf(tool);
        const { kind } = await identity.tenant(tenant);
        // Before the account is made: one without a role is of no use to anybody.
        if (!(portals[kind] as readonly string[]).includes(role)) throw wrongPortal(kind, role);
        const password = randomBytes(15).toString('base64url');
        const userId = await authOf(tool).createUser({ name, email, password });
        await identity.grantMembership({ tenantId: tenant, userId, role }, context);
        print(`${userId}\nfirst password: ${password}`);
      }),
    );
}

function addResetFactors(admin: Command): void {
  admin
    .command('reset-factors')
    .description(
      'Take away all passkeys and codes of an account, for somebody who lost them. Ends its sessions.',
    )
    .requiredOption('--email <address>', 'of the account')
    .addHelpText(
      'after',
      '\nMake sure who asks. The password stays; whoever administers must add a passkey at once.',
    )
    .action((options: unknown) =>
      withPostgres(async (tool) => {
        const { email } = z.object({ email: z.string() }).parse(options);
        await requireMigrated(tool.postgres);
        const auth = authOf(tool);
        const identity = identityOf(tool);
        auth.onSession((event) => identity.recordSession(event));
        print(await createAccount({ postgres: tool.postgres, auth }).resetFactors(email));
      }),
    );
}

function wrongPortal(kind: keyof typeof portals, role: string): PlumblineError {
  return new PlumblineError({
    kind: 'invalid',
    code: 'admin.role_not_for_portal',
    detail: `${role} is no role of a ${kind} company. Its roles are ${portals[kind].join(', ')}.`,
  });
}

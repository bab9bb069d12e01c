import { personPackageSchema } from '#contracts/screens/approvals';
import type { ApprovalAct } from '#domain/approvals';
import type { Scope } from '#domain/identity';
import type { DataPackage, Privacy } from '#domain/privacy';
import type { EventLog } from '#platform/event-log';
import { packagePage } from './package-page.ts';

export interface PersonPackageDeps {
  readonly privacy: Pick<Privacy, 'collect' | 'panel'>;
  readonly eventLog: Pick<EventLog, 'read'>;
}

/** A vendor's message as it came. */
export interface PackageBody {
  readonly from: string;
  readonly receivedAt: string;
  readonly body: string;
}

const everyModule = ['drug_alcohol', 'background', 'dot', 'health', 'training', 'geofence'] as const;

/** Everything held on one person, for that person: asked for by one, agreed to by another, handed out once. */
export function createPersonPackage({ privacy, eventLog }: PersonPackageDeps): ApprovalAct {
  return {
    async plan(scope, payload) {
      const { employeeId } = personPackageSchema.parse(payload);
      // Throws for a person beyond the scope.
      await privacy.panel(scope, employeeId);
      return {
        // By id alone: a request stays for good, the person may be erased.
        title: `All data held on the person ${employeeId}`,
        effects: [
          'One HTML file that people read and programs too: every row about the person from every table, encrypted values opened, with where it lies, and the vendors’ messages about the person alone.',
          'It holds test results, health and criminal records without any mask.',
          'Whoever asked can fetch it once, within 24 hours of the approval. No copy is kept here.',
        ],
        areas: [...everyModule],
      };
    },
    async make(scope, request) {
      const { employeeId } = personPackageSchema.parse(request.payload);
      const found = await collect({ privacy, eventLog }, scope, employeeId);
      const rows = found.held.parts.reduce((sum, part) => sum + part.rows.length, 0);
      return {
        outcome: `${rows} rows of ${found.held.parts.length} tables and ${found.bodies.length} messages handed out.`,
        file: {
          name: `data-of-${employeeId}.html`,
          type: 'text/html;charset=utf-8',
          text: packagePage(found.held, found.bodies),
        },
      };
    },
  };
}

async function collect(
  { privacy, eventLog }: PersonPackageDeps,
  scope: Scope,
  employeeId: Parameters<Privacy['collect']>[1],
): Promise<{ held: DataPackage; bodies: PackageBody[] }> {
  const held = await privacy.collect(scope, employeeId);
  const bodies: PackageBody[] = [];
  for (const ref of held.rawRefs) {
    const [topic = '', partition = '0', offset = '0'] = ref.split('/');
    const [record] = await eventLog.read(topic, Number(partition), BigInt(offset), 1);
    if (record?.offset !== BigInt(offset)) continue;
    bodies.push({
      from: topic.replace(/^raw\./, ''),
      receivedAt: new Date(record.appendedAtMs).toISOString(),
      body: Buffer.from(record.value).toString('utf8'),
    });
  }
  return { held, bodies };
}

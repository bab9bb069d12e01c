import * as z from 'zod';
import { reportChannelSchema } from '#contracts/events/drug-alcohol';
import { credentialsIn, readNestedXml } from '../../formats/nested-xml.ts';
import { authorizationCandidates, checkStaticCredentials } from '../../proofs/static-credentials.ts';
import type { Source, Verifier } from '../../source.ts';
import { identifyQuest, parseQuest, type QuestMessage } from './messages.ts';
import { itemKey, itemOutcomes } from './normalise.ts';

/**
 * Quest ESP signs nothing; credentials are agreed when the interface is set up. Taken from the `Authorization` header
 * (basic: `user:password`), else from user name and password elements anywhere in the document.
 */
function createQuestVerifier(secrets: readonly string[]): Verifier {
  const known = secrets.filter((secret) => secret !== '');
  return (rawBody, headers) => {
    const presented = authorizationCandidates(headers);
    const where = 'basic authorization, or user name and password elements in the message';
    return checkStaticCredentials(
      presented.length > 0 ? presented : credentialsIn(readNestedXml(rawBody, headers)),
      known,
      where,
    );
  };
}

export const questEsp: Source<QuestMessage> = {
  vendor: 'quest-esp',
  title: 'Quest ESP',
  kind: 'webhook',
  contentTypes: ['text/xml', 'application/xml', 'application/soap+xml'],
  parseHeaders: ['content-type'],
  settings: z.looseObject({ channel: reportChannelSchema.optional() }),
  createVerifier: createQuestVerifier,
  parse: parseQuest,
  identify: identifyQuest,
  deliveryKey: (message) => message.items.map(itemKey).join('+').slice(0, 500),
  orderKey: (message) => message.items[0]?.questOrderId ?? null,
  normalise: (message, context) => message.items.flatMap((item) => itemOutcomes(item, context)),
};

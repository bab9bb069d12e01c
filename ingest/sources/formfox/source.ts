import * as z from 'zod';
import { reportChannelSchema } from '#contracts/events/drug-alcohol';
import { createHash } from 'node:crypto';
import { credentialsIn, readNestedXml } from '../../formats/nested-xml.ts';
import { authorizationCandidates, checkStaticCredentials } from '../../proofs/static-credentials.ts';
import type { Source, Verifier } from '../../source.ts';
import { identifyFormfox, parseFormfox, type FoxMessage } from './messages.ts';
import { itemOutcomes } from './normalise.ts';

/** FormFox signs nothing: user name and password stand in the call itself, or in basic authorization. */
function createFoxVerifier(secrets: readonly string[]): Verifier {
  const known = secrets.filter((secret) => secret !== '');
  return (rawBody, headers) => {
    const presented = authorizationCandidates(headers);
    const where = 'Username and Password elements in the call, or basic authorization';
    const given = presented.length > 0 ? presented : credentialsIn(readNestedXml(rawBody, headers));
    return checkStaticCredentials(given, known, where);
  };
}

/** The SOAP answer of the call that came; the caller reads the word in it. */
function soapAnswer(rawBody: Buffer) {
  const call = /<(?:[\w.-]+:)?(updateOrder(?:Status|Result))\b[^>]*>/i.exec(
    rawBody.toString('latin1', 0, 10_000),
  );
  const name = call?.[1] ?? 'updateOrderStatus';
  const namespace = /xmlns="([^"<>&]{1,200})"/.exec(call?.[0] ?? '')?.[1] ?? 'https://FormFox.com';
  const body =
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>' +
    `<${name}Response xmlns="${namespace}"><${name}Result>Success</${name}Result></${name}Response></soap:Body></soap:Envelope>`;
  return { status: 200, contentType: 'text/xml; charset=utf-8', body };
}

export const formfox: Source<FoxMessage> = {
  vendor: 'formfox',
  title: 'FormFox',
  kind: 'webhook',
  contentTypes: ['text/xml', 'application/soap+xml'],
  parseHeaders: ['content-type'],
  settings: z.looseObject({ channel: reportChannelSchema.optional() }),
  createVerifier: createFoxVerifier,
  parse: parseFormfox,
  identify: identifyFormfox,
  deliveryKey: (_message, rawBody) => createHash('sha256').update(rawBody).digest('hex'),
  orderKey: (message) => message.items[0]?.testId ?? null,
  answer: soapAnswer,
  normalise: (message, context) => message.items.flatMap((item) => itemOutcomes(item, context)),
};

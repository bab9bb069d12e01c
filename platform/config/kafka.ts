import * as z from 'zod';
import { wholeNumber, yesOrNo } from './values.ts';

const brokers = z
  .string()
  .regex(/^[^\s,:/]+:\d{1,5}(?:\s*,\s*[^\s,:/]+:\d{1,5})*$/, 'expected host:port, with commas between')
  .transform((text) => text.split(',').map((broker) => broker.trim()));

const settings = z.object({
  KAFKA_BROKERS: brokers.optional(),
  KAFKA_CLIENT: z.enum(['platformatic', 'kafkajs']).default('platformatic'),
  KAFKA_CLIENT_ID: z.string().regex(/^\S+$/, 'expected a name without spaces').default('plumbline'),
  KAFKA_PREFIX: z
    .string()
    .regex(/^[a-zA-Z0-9._-]{1,100}$/, 'expected up to 100 letters, digits, ".", "_" and "-"')
    .optional(),
  KAFKA_PARTITIONS: wholeNumber(1, 1000).default(12),
  KAFKA_REPLICAS: wholeNumber(1, 32).optional(),
  KAFKA_MESSAGE_BYTES: wholeNumber(1024 * 1024, 64 * 1024 * 1024).default(8 * 1024 * 1024),
  KAFKA_SASL_MECHANISM: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).optional(),
  KAFKA_SASL_USERNAME: z.string().optional(),
  KAFKA_SASL_PASSWORD: z.string().optional(),
  KAFKA_TLS: yesOrNo.optional(),
  KAFKA_TLS_CA_FILE: z.string().optional(),
  KAFKA_TLS_CERT_FILE: z.string().optional(),
  KAFKA_TLS_KEY_FILE: z.string().optional(),
});

/** Names that mean something only together. */
const together = [
  ['KAFKA_SASL_MECHANISM', 'KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'],
  ['KAFKA_TLS_CERT_FILE', 'KAFKA_TLS_KEY_FILE'],
] as const;

/** Where the event log is a Kafka cluster. Null without `KAFKA_BROKERS`: then it is kept in Postgres. */
export const kafka = settings
  .superRefine((env, context) => {
    for (const names of together) {
      const given = names.filter((name) => env[name] !== undefined);
      if (given.length === 0) continue;
      for (const name of names) {
        if (env[name] !== undefined) continue;
        context.addIssue({ code: 'custom', path: [name], message: `is needed with ${given.join(' and ')}` });
      }
    }
    const files = ['KAFKA_TLS_CA_FILE', 'KAFKA_TLS_CERT_FILE', 'KAFKA_TLS_KEY_FILE'] as const;
    const file = files.find((name) => env[name] !== undefined);
    if (file !== undefined && env.KAFKA_TLS === false) {
      context.addIssue({ code: 'custom', path: ['KAFKA_TLS'], message: `is false, but ${file} is given` });
    }
  })
  .transform((env) => {
    if (env.KAFKA_BROKERS === undefined) return null;
    const files = {
      caFile: env.KAFKA_TLS_CA_FILE,
      certFile: env.KAFKA_TLS_CERT_FILE,
      keyFile: env.KAFKA_TLS_KEY_FILE,
    };
    const tls = env.KAFKA_TLS ?? Object.values(files).some((file) => file !== undefined);
    return {
      brokers: env.KAFKA_BROKERS,
      /** The library that speaks to the cluster. */
      client: env.KAFKA_CLIENT,
      clientId: env.KAFKA_CLIENT_ID,
      /** Stands before every topic and group, so that several installations can share a cluster. */
      prefix: env.KAFKA_PREFIX ?? '',
      /** For topics that we make; those that exist stay as they are. */
      partitions: env.KAFKA_PARTITIONS,
      /** -1: as the cluster is set. */
      replicas: env.KAFKA_REPLICAS ?? -1,
      /** Largest message that our topics take. */
      messageBytes: env.KAFKA_MESSAGE_BYTES,
      sasl: saslOf(env),
      tls: tls ? files : undefined,
    };
  });

function saslOf(env: z.output<typeof settings>) {
  const {
    KAFKA_SASL_MECHANISM: mechanism,
    KAFKA_SASL_USERNAME: username,
    KAFKA_SASL_PASSWORD: password,
  } = env;
  if (mechanism === undefined || username === undefined || password === undefined) return undefined;
  return { mechanism, username, password };
}

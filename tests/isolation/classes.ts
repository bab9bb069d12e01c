import type { Classes } from './catalogue.ts';

/**
 * What the tables hold that no policy `scope_rows` covers. A new table with `tenant_id` and `employee_id` needs no line
 * here; any other one fails the test until somebody has decided.
 */
export const classes: Classes = {
  company: {
    tenants: 'the company itself, one row',
    oversights: 'who oversees the company',
    divisions: 'names of places; screens list those of the people in scope',
    locations: 'names of places; screens list those of the people in scope',
    job_roles: 'names of work and what it asks for',
    flag_sequences: 'a counter',
    audit_heads: 'where the chain of the company ends',
    audit_entries:
      'one chain for the company; who sees less than all of it is shown that there is an entry, no more',
    ingest_endpoints: 'doors for vendors',
    ingest_endpoint_health: 'counts of messages',
    ingest_endpoint_refusals: 'counts of messages',
    ingest_drops: 'messages that are not for us, with the vendor’s reason',
    dead_letters: 'messages that belong to nobody yet; for who administers integrations',
    outbox: 'records on their way to the log; tenants may add, nobody may read',
    approval_requests: 'who asks for what a second person must approve; shown by its areas',
    data_keys: 'keys, wrapped: of no use without the installation’s',
    api_clients: 'programs with a key of the company',
    api_tokens: 'hashes of tokens',
    api_idempotency: 'answers to a program’s own writes',
    scim_users: 'people as the company’s identity provider keeps them; for who administers',
    scim_groups: 'groups of the identity provider',
    scim_group_members: 'who is in which group',
    scim_role_mappings: 'what a group gives',
    identity_providers: 'where the company’s people sign in; for who administers',
    identity_provider_arrivals: 'who came from there, by the provider’s own id; for who administers',
    invitations: 'who was asked to join; for who administers',
    access_tallies: 'counts of what users read',
    incidents: 'what the watch found about users and networks',
    incident_timeline: 'what was done about it',
    watch_thresholds: 'numbers that the watch goes by',
    assistant_spending: 'counts of tokens and their cost',
    corpus_documents: 'texts of rules, and of the company’s own documents',
    corpus_sections: 'the same in parts',
    corpus_chunks: 'the same in parts',
    corpus_postings: 'words of those texts',
    corpus_shelves: 'counts of those texts',
    corpus_vectors: 'the same as numbers',
  },
  shared: [
    'corpus_documents',
    'corpus_sections',
    'corpus_chunks',
    'corpus_postings',
    'corpus_shelves',
    'corpus_vectors',
  ],
  user: ['memberships', 'view_preferences', 'conversations', 'conversation_turns'],
  closed: {
    auth_users: 'people who sign in; one may belong to several tenants',
    auth_sessions: 'sign-in',
    auth_accounts: 'sign-in',
    auth_verifications: 'sign-in',
    auth_rate_limits: 'sign-in',
    auth_two_factors: 'sign-in',
    auth_passkeys: 'sign-in',
    auth_identity_providers: 'sign-in; what companies see of theirs is in identity_providers',
    event_log: 'bytes of all tenants in order',
    event_log_counted: 'event log',
    event_log_groups: 'event log',
    event_log_layout: 'event log',
    event_log_members: 'event log',
    event_log_offsets: 'event log',
    event_log_topics: 'event log',
    leases: 'work that one process does',
    rate_limits: 'counts of requests and failed sign-ins',
    'pgboss.*': 'jobs; made by the job engine, read and written by the login alone',
  },
  open: {
    schema_migrations: 'which migrations ran; read before any role exists',
  },
};

/**
 * Tables that stay empty in the world of the whole app, with why. Their rows are planted by `tables.integration.test.ts`
 * alone; what screens tell of them is tried where they are made.
 */
export const unplanted: Readonly<Record<string, string>> = {
  oversights: 'the overseer’s, not a service company’s',
  outbox: 'empty as soon as its records lie in the log',
};

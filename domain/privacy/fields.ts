import { table, type TableFields } from './field.ts';

/**
 * Every column of every table, with its class, and what erasing a person does with the rows. A column or table that is
 * missing here fails a test (`fields.integration.test.ts`): whoever adds one decides.
 */
const people: Readonly<Record<string, TableFields>> = {
  employees: table(
    {
      internal:
        'tenant_id id phase phase_changes_on declared_phase zone jurisdiction division_id location_id job_role_id requirements base_at last_event_at last_event_version last_event_id created_at updated_at birth_index',
      pii: 'number first_name last_name name_key search_key email birth_date birth_sealed periods leave_from return_on manager_id safety_sensitive_first_at base',
    },
    { person: 'id', onErasure: 'replace', sealed: { birth_sealed: 'id', base: 'id' } },
  ),
  employee_references: table(
    { internal: 'tenant_id system employee_id linked_at', pii: 'external_id' },
    { person: 'employee_id', onErasure: 'remove' },
  ),
  employee_events: table(
    { internal: 'tenant_id event_id employee_id type occurred_at version outcome', pii: 'payload' },
    { person: 'employee_id', onErasure: 'remove', sealed: { payload: 'event_id' } },
  ),
  divisions: table({ internal: 'tenant_id id code name' }),
  locations: table({ internal: 'tenant_id id code name zone jurisdiction' }),
  job_roles: table({ internal: 'tenant_id id code name requirements' }),
};

const standing: Readonly<Record<string, TableFields>> = {
  compliance_events: table(
    {
      internal:
        'tenant_id id employee_id module type occurred_at received_at version vendor dedupe_key endpoint_id raw_ref outcome applied_at',
      pii: 'subject_ref review outcome_reason',
      // Of six modules: the strictest class of them holds for the column.
      criminal: 'payload',
    },
    { person: 'employee_id', onErasure: 'remove', sealed: { payload: 'id' } },
  ),
  records: table(
    {
      internal:
        'tenant_id employee_id module event_count last_occurred_at last_version last_event_id updated_at',
      criminal: 'record',
    },
    { person: 'employee_id', onErasure: 'remove', sealed: { record: 'employee_id module' } },
  ),
  flags: table(
    {
      internal:
        'tenant_id employee_id module flag hold since next_change_at next_flag turns_red_at recheck_at decided_at',
      phi: 'decision der_decision',
    },
    { person: 'employee_id', onErasure: 'remove' },
  ),
  flag_history: table(
    {
      internal:
        'tenant_id sequence id employee_id module audience effective_at recorded_at from_flag from_hold flag hold cause_event_ids',
      phi: 'decision change',
    },
    { person: 'employee_id', onErasure: 'remove' },
  ),
  flag_sequences: table({ internal: 'tenant_id last' }),
  alerts: table(
    {
      internal:
        'tenant_id id kind severity status dedupe_key module employee_id division_id location_id rule_id flag hold citation due_at raised_at acknowledged_at acknowledged_by owner_user_id muted_until resolved_at',
      phi: 'title detail',
    },
    { person: 'employee_id', onErasure: 'remove' },
  ),
  review_items: table(
    {
      internal:
        'tenant_id id event_id employee_id module event_type endpoint_id vendor dedupe_key field status occurred_at created_at resolved_at resolved_by',
      pii: 'subject_ref value reason note',
    },
    { person: 'employee_id', onErasure: 'remove' },
  ),
};

const intake: Readonly<Record<string, TableFields>> = {
  ingest_endpoints: table({
    internal:
      'tenant_id id vendor name secrets settings rate_per_minute silence_h status created_at updated_at api_url api_key admits_people',
  }),
  ingest_endpoint_health: table({
    internal:
      'tenant_id endpoint_id accepted refused last_accepted_at last_refused_at last_refused_reason failing_since',
  }),
  ingest_endpoint_refusals: table({ internal: 'tenant_id endpoint_id reason refused last_at' }),
  ingest_drops: table({ internal: 'tenant_id raw_ref item endpoint_id vendor reason detail dropped_at' }),
  // Found by how the letter names its person, not by an id: see letters.postgres.ts.
  dead_letters: table({
    internal:
      'tenant_id id endpoint_id vendor delivery_key item reason detail raw_ref raw_headers preview status deliveries received_at first_seen_at last_seen_at settled_at settled_by',
    pii: 'subject refs note',
    criminal: 'raw',
  }),
};

const account: Readonly<Record<string, TableFields>> = {
  tenants: table({ internal: 'tenant_id kind name zone role_labels created_at' }),
  oversights: table({ internal: 'tenant_id service_tenant_id since' }),
  memberships: table(
    {
      internal:
        'tenant_id id user_id role other_roles division_ids location_ids assigned_tenant_ids employee_id suspended_at created_at updated_at',
    },
    { person: 'employee_id', onErasure: 'replace' },
  ),
  view_preferences: table({ internal: 'tenant_id user_id name value updated_at' }),
  need_to_know_reasons: table(
    { internal: 'tenant_id id user_id employee_id module purpose given_at ends_at', pii: 'case_ref words' },
    { person: 'employee_id', onErasure: 'remove' },
  ),
  legal_holds: table(
    {
      internal: 'tenant_id id employee_id placed_at placed_by_request lifted_at lifted_by_request',
      pii: 'matter',
    },
    {
      person: 'employee_id',
      onErasure: { keep: 'It is the record that the person was held, by id and docket number.' },
    },
  ),
  conversations: table(
    { internal: 'tenant_id id user_id started_at asked_at', pii: 'title' },
    { sealed: { title: 'id' } },
  ),
  conversation_turns: table(
    {
      internal: 'tenant_id id conversation_id user_id seen_as asked_at feedback',
      // Answers may be about any module: the strictest class of them holds for the column.
      criminal: 'content',
    },
    { sealed: { content: 'id' } },
  ),
  assistant_spending: table({ internal: 'tenant_id day tokens micro_usd' }),
  approval_requests: table({
    internal:
      'tenant_id id kind state areas division_ids location_ids about_user_id requested_by requested_at expires_at decided_by decided_at closed_at',
    pii: 'payload title effects reason requested_name decided_name decision_reason outcome',
  }),
  invitations: table({
    internal:
      'tenant_id id role division_ids location_ids assigned_tenant_ids state token_digest expires_at sent_at sent_times invited_by closed_at',
    pii: 'email name invited_name',
  }),
  // Users of the company's directory: accounts, not employees.
  scim_users: table({
    internal: 'tenant_id id user_id active governs made_account version created_at updated_at',
    pii: 'user_name user_name_key external_id attributes',
  }),
  scim_groups: table({
    internal: 'tenant_id id display_name display_name_key external_id version created_at updated_at',
  }),
  scim_group_members: table({ internal: 'tenant_id group_id scim_user_id' }),
  scim_role_mappings: table({
    internal: 'tenant_id group_id role division_ids location_ids mapped_by mapped_at',
  }),
  identity_providers: table({
    internal:
      'tenant_id id kind name issuer domain domain_proof domain_verified_at default_role created_by created_at',
  }),
  identity_provider_arrivals: table({ internal: 'tenant_id user_id provider_id arrived_at' }),
  api_clients: table({
    internal:
      'tenant_id id kind name prefix secret_hash role scopes division_ids location_ids rate_per_minute expires_at last_used_at revoked_at created_by created_at',
    pii: 'last_used_ip',
  }),
  api_tokens: table({ internal: 'tenant_id token_hash client_id scopes expires_at created_at' }),
  // A day old at most.
  api_idempotency: table({
    internal: 'tenant_id client_id key fingerprint status created_at',
    pii: 'body',
  }),
};

const watch: Readonly<Record<string, TableFields>> = {
  audit_heads: table({ internal: 'tenant_id sequence hash' }),
  audit_entries: table(
    {
      internal:
        'tenant_id sequence id at actor_type actor_id act subject_type subject_id session_id request_id previous_hash hash',
      pii: 'actor_name before after ip',
    },
    { person: 'subject_id', onErasure: 'shred', sealed: { before: 'subject_id', after: 'subject_id' } },
  ),
  data_keys: table(
    {
      internal:
        'tenant_id id purpose subject_id wrapped wrapped_by created_at made_in retired_at destroyed_at',
    },
    { person: 'subject_id', onErasure: 'shred' },
  ),
  erasures: table(
    {
      internal:
        'tenant_id employee_id basis requested_by requested_at log_to log_at log_done_at warehouse_done_at done_at outcome',
      pii: 'case_ref requested_name identifiers',
    },
    {
      person: 'employee_id',
      onErasure: { keep: 'It is the record that the person was erased. It names the person by id alone.' },
    },
  ),
  access_tallies: table({ internal: 'tenant_id user_id kind what minute count', pii: 'user_name ip' }),
  incidents: table({
    internal:
      'tenant_id id detector subject_type subject_id severity state owner_user_id opened_at last_evidence_at evidence_count level escalates_at ended_at',
    pii: 'subject_name title',
  }),
  incident_timeline: table({
    internal: 'tenant_id incident_id sequence at recorded_at kind evidence_key audit_entry_id actor_user_id',
    pii: 'words',
  }),
  watch_thresholds: table({ internal: 'tenant_id detector settings changed_by changed_at' }),
};

const library: Readonly<Record<string, TableFields>> = {
  corpus_documents: table({ internal: 'id tenant_id name format loaded_at' }),
  corpus_sections: table({
    internal:
      'id tenant_id document_id citation title path group status as_of until notices roles hash paragraphs',
  }),
  corpus_chunks: table({ internal: 'id tenant_id section_id places text search length' }),
  corpus_postings: table({ internal: 'tenant_id lexeme chunks impacts' }),
  corpus_shelves: table({ internal: 'tenant_id chunks mean_length embedder indexed_at' }),
  corpus_vectors: table({ internal: 'chunk_id tenant_id embedder embedding' }),
};

/** Tables without a tenant's column. */
const platform: Readonly<Record<string, TableFields>> = {
  auth_users: table({
    internal: 'id email_verified image created_at updated_at two_factor_enabled',
    pii: 'name email',
  }),
  auth_sessions: table({
    internal:
      'id expires_at token created_at updated_at user_id signed_in_by confirmed_at proved_at proved_by bound_tenant_id',
    pii: 'ip_address user_agent',
  }),
  auth_accounts: table({
    internal:
      'id account_id provider_id user_id access_token refresh_token id_token access_token_expires_at refresh_token_expires_at scope password created_at updated_at',
  }),
  auth_identity_providers: table({
    internal: 'id issuer oidc_config saml_config user_id provider_id organization_id domain domain_verified',
  }),
  auth_passkeys: table({
    internal:
      'id name public_key user_id credential_id counter device_type backed_up transports aaguid created_at',
  }),
  auth_two_factors: table({
    internal: 'id secret backup_codes user_id verified failed_verification_count locked_until',
  }),
  auth_verifications: table({ internal: 'id value expires_at created_at updated_at', pii: 'identifier' }),
  auth_rate_limits: table({ internal: 'id count last_request', pii: 'key' }),
  rate_limits: table({ internal: 'points expire', pii: 'key' }),
  // Removed where a record names the person: see erase-log.ts.
  event_log: table({ internal: 'position appended_at_ms partition topic key', criminal: 'headers value' }),
  outbox: table({ internal: 'id partition topic key tenant_id', criminal: 'headers value' }),
  event_log_counted: table({ internal: 'only_row counted_to' }),
  event_log_groups: table({ internal: 'consumer_group topics' }),
  event_log_layout: table({ internal: 'only_row partitions' }),
  event_log_members: table({ internal: 'consumer_group process seen_at' }),
  event_log_offsets: table({ internal: 'consumer_group partition position owner owned_until' }),
  event_log_topics: table({ internal: 'topic records' }),
  leases: table({ internal: 'name holder held_until' }),
  schema_migrations: table({ internal: 'name checksum applied_at' }),
};

export const tables: Readonly<Record<string, TableFields>> = {
  ...people,
  ...standing,
  ...intake,
  ...account,
  ...watch,
  ...library,
  ...platform,
};

-- Messages, or parts of one, that could not become events. One row per thing that is wrong, however often it is delivered.
create table dead_letters (
  tenant_id text not null references tenants (tenant_id),
  id text not null,
  endpoint_id text not null,
  vendor text not null,
  -- The same for every delivery of the message, and the part of it (dedupe key of a draft, row of a file).
  delivery_key text not null,
  item text not null,
  reason text not null,
  detail text not null,
  -- How the message names the person; null when no person is concerned.
  subject jsonb,
  -- The references alone, `system=value`, for finding all letters of one person.
  refs text[] not null default '{}',
  -- Where the body lies in the log, and a copy while somebody may have to look (null for very large bodies).
  raw_ref text not null,
  raw bytea,
  raw_headers jsonb not null,
  -- Start of the body with personal data masked, for screens.
  preview text not null,
  status text not null default 'open' check (status in ('open', 'requeued', 'discarded')),
  deliveries integer not null default 1,
  received_at timestamptz not null,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  settled_at timestamptz,
  settled_by text,
  note text,
  primary key (tenant_id, id),
  unique (tenant_id, endpoint_id, delivery_key, item)
);
create index dead_letters_inbox on dead_letters (tenant_id, status, last_seen_at desc);
create index dead_letters_by_ref on dead_letters using gin (refs) where status = 'open';
select protect_tenant_table('dead_letters');

-- Words nobody understood. The event went on with its review mark; a person says what the word means.
create table review_items (
  tenant_id text not null references tenants (tenant_id),
  id text not null,
  event_id text not null,
  employee_id text not null,
  module text not null,
  event_type text not null,
  subject_ref text not null,
  endpoint_id text not null,
  vendor text not null,
  dedupe_key text not null,
  field text not null,
  value text not null,
  reason text not null,
  status text not null default 'open' check (status in ('open', 'resolved')),
  occurred_at timestamptz not null,
  created_at timestamptz not null,
  resolved_at timestamptz,
  resolved_by text,
  note text,
  primary key (tenant_id, id),
  unique (tenant_id, vendor, dedupe_key)
);
create index review_items_inbox on review_items (tenant_id, status, created_at desc);
select protect_tenant_table('review_items');

-- What was understood and is not for us. Keyed by the body's place, so that reading the log again counts nothing twice.
create table ingest_drops (
  tenant_id text not null references tenants (tenant_id),
  raw_ref text not null,
  item integer not null,
  endpoint_id text not null,
  vendor text not null,
  reason text not null,
  detail text not null,
  dropped_at timestamptz not null,
  primary key (tenant_id, raw_ref, item)
);
create index ingest_drops_by_reason on ingest_drops (tenant_id, vendor, reason, dropped_at desc);
select protect_tenant_table('ingest_drops');

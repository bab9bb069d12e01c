-- A door for one vendor of one tenant: POST /webhooks/{id}.
create table ingest_endpoints (
  tenant_id text not null references tenants (tenant_id),
  id text not null,
  vendor text not null,
  name text not null,
  -- One secret, or two while it is rotated.
  secrets text[] not null default '{}' check (cardinality(secrets) <= 2),
  -- What the vendor's messages do not say, e.g. {"channel": "mro"}; each source documents its own.
  settings jsonb not null default '{}',
  -- Requests a minute for this endpoint alone; null = it shares the tenant's rate.
  rate_per_minute integer check (rate_per_minute > 0),
  -- Hours without a believed message after which dependent flags turn stale.
  silence_h integer not null default 24 check (silence_h > 0),
  status text not null default 'active' check (status in ('active', 'disabled')),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, id),
  unique (id)
);
select protect_tenant_table('ingest_endpoints');

-- Counters of the door, added up by every process that runs one.
create table ingest_endpoint_health (
  tenant_id text not null,
  endpoint_id text not null,
  accepted bigint not null default 0,
  refused bigint not null default 0,
  last_accepted_at timestamptz,
  last_refused_at timestamptz,
  last_refused_reason text,
  -- First refusal for want of proof since the last accepted message: null = verification works.
  failing_since timestamptz,
  primary key (tenant_id, endpoint_id),
  foreign key (tenant_id, endpoint_id) references ingest_endpoints (tenant_id, id)
);
select protect_tenant_table('ingest_endpoint_health');

create table ingest_endpoint_refusals (
  tenant_id text not null,
  endpoint_id text not null,
  reason text not null,
  refused bigint not null,
  last_at timestamptz not null,
  primary key (tenant_id, endpoint_id, reason),
  foreign key (tenant_id, endpoint_id) references ingest_endpoints (tenant_id, id)
);
select protect_tenant_table('ingest_endpoint_refusals');

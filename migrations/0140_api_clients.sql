-- Programs that come with a key (kind `key`) or fetch tokens with one (kind `oauth`, RFC 6749 section 4.4).
create table api_clients (
  tenant_id text not null references tenants (tenant_id),
  id text not null,
  kind text not null check (kind in ('key', 'oauth')),
  name text not null check (name <> ''),
  -- What a key begins with: names it in lists and logs, and finds it. No secret.
  prefix text not null unique,
  -- SHA-256 of the secret, hex. The secret has 256 bits of chance, so that a slow hash would add nothing.
  secret_hash text not null,
  -- The role of who made it, and what of it the client may use, e.g. training:view.
  role text not null,
  scopes text[] not null check (cardinality(scopes) > 0),
  -- Places whose people it reaches; both null = all of the company.
  division_ids text[],
  location_ids text[],
  -- Requests a minute of this client alone; null = the company's limit is its only one.
  rate_per_minute integer check (rate_per_minute > 0),
  expires_at timestamptz not null,
  -- Written at most once a minute.
  last_used_at timestamptz,
  last_used_ip text,
  revoked_at timestamptz,
  created_by text not null,
  created_at timestamptz not null,
  primary key (tenant_id, id),
  unique (id)
);
select protect_tenant_table('api_clients');
revoke delete on api_clients from plumbline_app;

-- Access tokens of OAuth clients, by the hash of the token.
create table api_tokens (
  tenant_id text not null,
  token_hash text not null,
  client_id text not null,
  scopes text[] not null,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  primary key (tenant_id, token_hash),
  unique (token_hash),
  foreign key (tenant_id, client_id) references api_clients (tenant_id, id)
);
create index api_tokens_expiry on api_tokens (tenant_id, expires_at);
select protect_tenant_table('api_tokens');

-- The first answer to a write that came with an Idempotency-Key. Its row is of the effect's own transaction: either
-- both are there or neither.
create table api_idempotency (
  tenant_id text not null,
  client_id text not null,
  key text not null,
  -- SHA-256 of method, path and body: the same key with another request is refused.
  fingerprint text not null,
  status integer not null,
  body jsonb not null,
  created_at timestamptz not null,
  primary key (tenant_id, client_id, key),
  foreign key (tenant_id, client_id) references api_clients (tenant_id, id)
);
create index api_idempotency_age on api_idempotency (tenant_id, created_at);
select protect_tenant_table('api_idempotency');

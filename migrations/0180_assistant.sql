-- Conversations with the assistant: of the user who had them, in the company that they were about. Read and written in
-- transactions that are always limited to their user (role plumbline_viewer), whatever else the user may see.
create table conversations (
  tenant_id text not null references tenants (tenant_id),
  id text not null,
  user_id text not null,
  -- The first question, sealed.
  title jsonb not null,
  started_at timestamptz not null,
  asked_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, id, user_id)
);
create index conversations_newest on conversations (tenant_id, user_id, asked_at desc);
select protect_tenant_table('conversations');
create policy scope_rows on conversations as restrictive to plumbline_viewer
  using (user_id = (select nullif(current_setting('app.user_id', true), '')));

-- A question with its answer.
create table conversation_turns (
  tenant_id text not null,
  id text not null,
  conversation_id text not null,
  user_id text not null,
  -- Question and pieces of the answer, sealed.
  content jsonb not null,
  -- What the asker could see then, hashed: who sees something else since is not shown it again.
  seen_as text not null,
  asked_at timestamptz not null,
  -- 1 it helped, -1 it did not.
  feedback smallint check (feedback in (-1, 1)),
  primary key (tenant_id, id),
  foreign key (tenant_id, conversation_id, user_id) references conversations (tenant_id, id, user_id) on delete cascade
);
create index conversation_turns_in_order on conversation_turns (tenant_id, conversation_id, asked_at, id);
select protect_tenant_table('conversation_turns');
create policy scope_rows on conversation_turns as restrictive to plumbline_viewer
  using (user_id = (select nullif(current_setting('app.user_id', true), '')));

-- What a company's questions to a language model came to in one day (UTC). Held before, settled after each request.
create table assistant_spending (
  tenant_id text not null references tenants (tenant_id),
  day date not null,
  tokens bigint not null check (tokens >= 0),
  -- Millionths of a US dollar.
  micro_usd bigint not null check (micro_usd >= 0),
  primary key (tenant_id, day)
);
select protect_tenant_table('assistant_spending');

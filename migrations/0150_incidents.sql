-- The watch: what was counted of access, what the detectors made of it and of the audit log, and what people did then.

-- How often somebody was refused something, or opened records, in one minute. Bounded: one row, not one per request.
create table access_tallies (
  tenant_id text not null,
  user_id text not null,
  user_name text not null,
  kind text not null check (kind in ('denied', 'opened')),
  -- The procedure that was asked for.
  what text not null,
  minute timestamptz not null,
  ip text not null default '',
  count int not null check (count >= 1),
  primary key (tenant_id, minute, user_id, kind, what, ip)
);
select protect_tenant_table('access_tallies');

create table incidents (
  tenant_id text not null references tenants (tenant_id),
  id text not null,
  detector text not null,
  subject_type text not null check (subject_type in ('user', 'network')),
  subject_id text not null,
  subject_name text not null,
  severity text not null check (severity in ('critical', 'warning', 'notice')),
  state text not null check (state in ('open', 'acknowledged', 'contained', 'resolved', 'false_positive')),
  title text not null,
  owner_user_id text,
  opened_at timestamptz not null,
  last_evidence_at timestamptz not null,
  evidence_count int not null check (evidence_count >= 1),
  level int not null default 0 check (level between 0 and 3),
  escalates_at timestamptz,
  ended_at timestamptz,
  primary key (tenant_id, id),
  constraint ended_has_its_time check ((state in ('resolved', 'false_positive')) = (ended_at is not null)),
  constraint only_open_escalates check (state = 'open' or escalates_at is null)
);
-- One incident for one cause gathers all evidence.
create unique index incidents_one_per_cause on incidents (tenant_id, detector, subject_id)
  where state in ('open', 'acknowledged', 'contained');
create index incidents_newest on incidents (tenant_id, last_evidence_at desc);
create index incidents_escalating on incidents (tenant_id, escalates_at) where state = 'open';
select protect_tenant_table('incidents');

-- What was seen and what was done, in the order in which it became known.
create table incident_timeline (
  tenant_id text not null,
  incident_id text not null,
  sequence int not null check (sequence >= 1),
  at timestamptz not null,
  recorded_at timestamptz not null,
  kind text not null check (kind in ('evidence', 'act', 'escalation')),
  -- Names the fact, so that the same fact is told once.
  evidence_key text check ((kind = 'evidence') = (evidence_key is not null)),
  words text not null check (words <> ''),
  audit_entry_id text,
  actor_user_id text,
  primary key (tenant_id, incident_id, sequence),
  unique (tenant_id, incident_id, evidence_key),
  foreign key (tenant_id, incident_id) references incidents (tenant_id, id)
);
select protect_tenant_table('incident_timeline');
revoke update, delete on incident_timeline from plumbline_app, plumbline_system;

-- A tenant's own numbers; what is absent is as built in.
create table watch_thresholds (
  tenant_id text not null references tenants (tenant_id),
  detector text not null,
  settings jsonb not null,
  changed_by text not null,
  changed_at timestamptz not null,
  primary key (tenant_id, detector)
);
select protect_tenant_table('watch_thresholds');

-- The watch reads what people did lately, not what vendors and the system itself do all the time.
create index audit_entries_user_at on audit_entries (tenant_id, at) where actor_type = 'user';

-- A date of birth is stored encrypted (birth_sealed), with a blind index for matching. birth_date holds what was stored
-- before and not sealed yet; `plumbline admin seal-data` empties it.
alter table employees
  add column birth_sealed text,
  add column birth_index text;
create index employees_unsealed on employees (tenant_id, id) where birth_date is not null;

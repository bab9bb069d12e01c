-- How to ask the vendor for what a thin message only points at. Null = not set up: such messages wait as dead letters.
alter table ingest_endpoints
  -- The vendor's API, e.g. https://api.checkr.com; null = the source's own default.
  add column api_url text,
  add column api_key text;

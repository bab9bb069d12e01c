-- True: this personnel system is the company's authority on who works there, and whom it hires is added. Anybody else's
-- unknown person stays a dead letter.
alter table ingest_endpoints add column admits_people boolean not null default false;

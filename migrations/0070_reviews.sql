-- The queue holds whatever a module could not take, not only vendors' words: facts from files and from screens have no
-- endpoint. A null resolved_by with a resolved_at = the record itself no longer asks.
alter table review_items alter column endpoint_id drop not null;
create index review_items_by_event on review_items (tenant_id, event_id) where status = 'open';

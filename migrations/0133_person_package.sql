-- A copy of everything held on a person goes out only when a second person agrees.
alter table approval_requests drop constraint approval_requests_kind_check;
alter table approval_requests add constraint approval_requests_kind_check
  check (kind in ('pii_export', 'dq_packet', 'person_package', 'role_grant', 'rule_activation', 'legal_hold'));

drop table identities;
drop table invitations;
drop table tickets;
drop table sessions;
drop table passwords;
drop index users_by_address;
alter table users drop column email_verified_at, drop column disabled_at, drop column is_administrator;

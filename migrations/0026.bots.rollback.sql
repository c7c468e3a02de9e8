-- Without their rights bots would be people, and their tokens would open everything.
update users set disabled_at = coalesce(disabled_at, now()) where bot_rights is not null;

drop table bots;
alter table users drop column bot_rights;

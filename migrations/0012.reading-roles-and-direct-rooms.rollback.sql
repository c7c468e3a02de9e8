-- The log keeps its events without a gap, so those of roles become renamings, which show the title as it is.
update room_events set type = 7, user_id = null where type = 8;

drop index messages_by_room_and_seq;
create unique index messages_by_room_and_seq on messages (room_id, seq);
drop index rooms_once_per_pair;
alter table rooms drop column pair_low, drop column pair_high;
drop index room_members_one_owner;
update room_members set role = 'member' where role = 'admin';
alter table room_members
    drop constraint room_members_role_check,
    add constraint room_members_role_check check (role in ('owner', 'member')),
    drop column last_read_seq,
    reset (fillfactor);

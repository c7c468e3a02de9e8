alter table room_members
    drop constraint room_members_role_check,
    add constraint room_members_role_check check (role in ('owner', 'admin', 'member')),
    add column last_read_seq bigint not null default 0,
    set (fillfactor = 80);

comment on column room_members.last_read_seq is 'How far the member has read in the room''s log; it only grows.';

-- What was said before there were marks counts as read.
update room_members m set last_read_seq = r.last_seq from rooms r where r.id = m.room_id;

create unique index room_members_one_owner on room_members (room_id) where role = 'owner';

alter table rooms add column pair_low uuid references users, add column pair_high uuid references users;

comment on column rooms.pair_low is 'The two of a direct room, in the order of their ids; null for groups.';

-- Of several direct rooms of the same two the oldest one is it from now on; the others become groups.
with pairs as (
    select r.id, r.created_at, min(m.user_id::text)::uuid as low, max(m.user_id::text)::uuid as high
    from rooms r join room_members m on m.room_id = r.id
    where r.type = 'direct' group by r.id having count(*) <= 2
), oldest as (
    select distinct on (low, high) id, low, high from pairs order by low, high, created_at, id
)
update rooms r set pair_low = o.low, pair_high = o.high from oldest o where o.id = r.id;

update rooms set type = 'group' where type = 'direct' and pair_low is null;

create unique index rooms_once_per_pair on rooms (pair_low, pair_high) where pair_low is not null;

-- Unread messages are counted in this index alone.
create unique index messages_by_room_and_place on messages (room_id, seq) include (sender_id, deleted_at);
drop index messages_by_room_and_seq;
alter index messages_by_room_and_place rename to messages_by_room_and_seq;

comment on column room_events.type is '1 message posted, 2 message edited, 3 message deleted, 4 answer posted, 5 member added, 6 member removed, 7 room renamed, 8 member updated, 9 reactions of a message changed, 10 pin of a message changed';

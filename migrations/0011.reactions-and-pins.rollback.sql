-- No seq may be missing in a room's log, so what the older server does not know becomes an edit to it: that too is shown
-- as the message stands now.
update room_events set type = 2 where type in (9, 10);

comment on column room_events.type is '1 message posted, 2 message edited, 3 message deleted, 4 answer posted, 5 member added, 6 member removed, 7 room renamed';

drop index messages_pinned;

alter table messages
    drop reactions,
    drop pinned_at,
    drop pinned_by;

-- Reactions and the pin are marks on their message: they are read with it, go when its text goes, and need no look-up for
-- the many messages that have none.
alter table messages
    add reactions jsonb,
    add pinned_at timestamptz,
    add pinned_by uuid;

comment on column messages.reactions is 'Each emoji with who reacted, in the order in which they did; null where there is none.';

create index messages_pinned on messages (room_id, pinned_at) where pinned_at is not null;

comment on column room_events.type is '1 message posted, 2 message edited, 3 message deleted, 4 answer posted, 5 member added, 6 member removed, 7 room renamed, 9 reactions of a message changed, 10 pin of a message changed';

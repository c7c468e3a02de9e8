-- A card that was removed keeps its row, emptied, so that the room's log can still name it.
create table cards (
    id uuid primary key,
    room_id uuid not null references rooms,
    created_by uuid references users,
    kind text not null check (kind in ('manual', 'weekly_ai')),
    title text not null,
    content jsonb not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    graph jsonb,
    source_message_id uuid,
    week_start date,
    quotes_title boolean not null,
    quotes_content boolean not null,
    removed_at timestamptz
);

comment on column cards.created_by is 'Null where the scheduler had it made.';
comment on column cards.week_start is 'The Monday of the week in whose talk a model found it.';
comment on column cards.quotes_title is 'Whether the title is the words of the source message alone, and goes with them; quotes_content is the same of the content.';

create index cards_by_room on cards (room_id, created_at, id);
create unique index cards_once_per_message on cards (source_message_id)
    where source_message_id is not null and removed_at is null;

comment on column room_events.type is '1 message posted, 2 message edited, 3 message deleted, 4 answer posted, 5 member added, 6 member removed, 7 room renamed, 8 member updated, 9 reactions of a message changed, 10 pin of a message changed, 21 matter added, 22 matter updated, 23 matter removed, 31 card added, 32 card changed, 33 card removed';

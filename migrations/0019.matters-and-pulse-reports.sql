create table matters (
    id uuid primary key,
    room_id uuid not null references rooms,
    kind text collate "C" not null check (kind in ('task', 'decision')),
    title text not null,
    state text collate "C" not null check (state in ('open', 'done', 'dropped', 'decided', 'revoked')),
    origin text collate "C" not null check (origin in ('marked', 'found')),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    created_by uuid references users,
    owner_id uuid references users,
    due date,
    note text not null,
    source_id uuid,
    quoted boolean not null,
    removed_at timestamptz
);

comment on table matters is 'Decisions and tasks of rooms.';
comment on column matters.source_id is 'The message it comes from. Nothing of a kind is found twice in a message, also not when it was removed.';
comment on column matters.quoted is 'The title is what the message says, and follows it.';

create unique index matters_by_source on matters (source_id, kind) where source_id is not null;
create index matters_by_room on matters (room_id, kind, id) where removed_at is null;
create index matters_by_owner on matters (owner_id, id) where owner_id is not null and removed_at is null;

create table pulse_reports (
    id uuid primary key,
    room_id uuid not null references rooms,
    generated_at timestamptz not null,
    until_seq bigint not null,
    content jsonb not null
);

comment on table pulse_reports is 'What a room comes to. The newest one of a room is it; a few old ones are kept.';
comment on column pulse_reports.until_seq is 'Up to which seq of the room''s log what was said is in it.';

create index pulse_reports_by_room on pulse_reports (room_id, id);

comment on column room_events.type is '1 message posted, 2 message edited, 3 message deleted, 4 answer posted, 5 member added, 6 member removed, 7 room renamed, 8 member updated, 9 reactions of a message changed, 10 pin of a message changed, 21 matter added, 22 matter updated, 23 matter removed';

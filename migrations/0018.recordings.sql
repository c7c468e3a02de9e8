-- Recordings wait here for the worker that writes their minutes, which may be on any machine. In pieces, so that neither
-- side ever holds a recording as a whole; out of line and not compressed, since sound is compressed already.
create table recordings (
    id uuid primary key,
    room_id uuid not null references rooms,
    asker_id uuid not null references users,
    created_at timestamptz not null
);

create index recordings_by_room on recordings (room_id);
create index recordings_by_age on recordings (created_at);

create table recording_pieces (
    recording_id uuid not null references recordings on delete cascade,
    place integer not null,
    data bytea not null,
    primary key (recording_id, place)
);

alter table recording_pieces alter column data set storage external;

create table recording_transcripts (
    recording_id uuid not null references recordings on delete cascade,
    place integer not null,
    text text not null,
    language text,
    primary key (recording_id, place)
);

comment on table recording_transcripts is 'What was said in the parts that are written down, so that no part is paid for twice when a worker dies.';

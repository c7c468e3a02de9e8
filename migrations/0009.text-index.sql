-- What text search looks things up in. It follows the rooms' logs from behind, so that a send pays nothing for it; what it
-- has not seen yet, a search reads from the messages themselves.
create table text_index (
    room_id uuid not null,
    seq bigint not null,
    entries tsvector not null,
    primary key (room_id, seq)
);

comment on table text_index is 'Message seq of a room by pairs of characters and words, and by its room (@ and the id in hex).';

create index text_index_entries on text_index using gin (entries) with (fastupdate = on, gin_pending_list_limit = 512);

create table text_index_places (
    room_id uuid primary key,
    seq bigint not null
);

comment on column text_index_places.seq is 'Up to which event of the room''s log the index has come.';

-- No foreign keys on these two tables: they would cost nearly half of what a send costs. The statement that inserts a
-- message has the room locked and has looked the sender up among its members; deleting a room deletes its messages and
-- events in the same transaction; users are never deleted.
create table messages (
    id uuid primary key,
    room_id uuid not null,
    seq bigint not null,
    sender_type text not null check (sender_type in ('user', 'bot', 'system')),
    sender_id uuid,
    content text not null,
    created_at timestamptz not null,
    client_temp_id text collate "C",
    fingerprint bytea,
    edited_at timestamptz,
    deleted_at timestamptz,
    deleted_by uuid,
    request_id uuid
);

comment on column messages.fingerprint is 'Of the content as it was first sent: tells a repeated send from another one with the same client_temp_id.';

create unique index messages_by_room_and_seq on messages (room_id, seq);
create unique index messages_once_per_client_temp_id on messages (room_id, sender_id, client_temp_id)
    where client_temp_id is not null;
create unique index messages_once_per_request on messages (request_id) where request_id is not null;

create table room_events (
    room_id uuid not null,
    seq bigint not null,
    type smallint not null,
    message_id uuid,
    user_id uuid,
    at timestamptz not null,
    primary key (room_id, seq)
);

comment on column room_events.type is '1 message posted, 2 message edited, 3 message deleted, 4 answer posted, 5 member added, 6 member removed, 7 room renamed';

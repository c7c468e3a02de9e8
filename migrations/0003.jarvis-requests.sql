create table jarvis_requests (
    id uuid primary key,
    public_id text collate "C" not null,
    room_id uuid not null references rooms,
    asker_id uuid not null references users,
    prompt text not null,
    mode text not null check (mode in ('chat', 'action')),
    personal boolean not null,
    lane text collate "C" not null,
    created_at timestamptz not null,
    message_id uuid,
    status text not null default 'queued' check (status in ('queued', 'running', 'done', 'failed')),
    attempt integer not null default 0,
    lease_until timestamptz,
    finished_at timestamptz,
    unique (asker_id, public_id)
);

create index jarvis_requests_unfinished on jarvis_requests (lane, created_at, id) where status in ('queued', 'running');
create index jarvis_requests_by_room_and_asker on jarvis_requests (room_id, asker_id, created_at);
create index jarvis_requests_by_message on jarvis_requests (message_id) where message_id is not null;

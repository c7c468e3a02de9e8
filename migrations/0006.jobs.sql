create table jobs (
    id uuid primary key,
    kind text collate "C" not null,
    lane text collate "C" not null,
    payload jsonb not null,
    key text collate "C",
    room_id uuid references rooms,
    asker_id uuid references users,
    created_at timestamptz not null,
    attempts_allowed integer not null,
    status text not null default 'queued' check (status in ('queued', 'running', 'done', 'failed')),
    attempt integer not null default 0,
    attempts_before integer not null default 0,
    lease_until timestamptz,
    retry_at timestamptz,
    failure text,
    result jsonb,
    finished_at timestamptz,
    unique (kind, key)
);

comment on column jobs.key is 'Names what is to be done, so that it is asked for once; null where it may be done again and again.';
comment on column jobs.failure is 'A code or the name of a type that says what the last attempt failed of; never a text.';

create index jobs_unfinished on jobs (lane, created_at, id) where status in ('queued', 'running');
create index jobs_failed on jobs (created_at, id) where status = 'failed';
create index jobs_done on jobs (finished_at) where status = 'done';
create index jobs_by_room on jobs (room_id) where room_id is not null;

alter table room_events add column subject_id uuid;

comment on column room_events.subject_id is 'What the event is about where that is neither a message nor a person.';

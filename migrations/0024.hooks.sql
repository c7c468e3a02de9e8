alter table messages add column sender_name text;

comment on column messages.sender_name is 'What an incoming hook is called that has said this; null where a person, Jarvis or the room speaks.';

create table incoming_hooks (
    id uuid primary key,
    digest bytea not null unique,
    room_id uuid not null references rooms,
    name text not null,
    created_by uuid not null references users,
    created_at timestamptz not null
);

create index incoming_hooks_by_room on incoming_hooks (room_id, created_at);

create table hook_posts (
    hook_id uuid not null references incoming_hooks on delete cascade,
    key text collate "C" not null,
    fingerprint bytea not null,
    message_id uuid not null,
    seq bigint not null,
    at timestamptz not null,
    primary key (hook_id, key)
);

comment on table hook_posts is 'What was posted by an incoming hook under a key of its own, so that a repetition posts nothing.';

create index hook_posts_by_time on hook_posts (hook_id, at);

create table outgoing_hooks (
    id uuid primary key,
    room_id uuid not null references rooms,
    name text not null,
    url text not null,
    events text[] not null,
    salt text not null,
    created_by uuid not null references users,
    created_at timestamptz not null,
    followed_seq bigint not null,
    failures integer not null default 0,
    failing_since timestamptz,
    failure text,
    disabled_at timestamptz,
    lease bigint not null default 0,
    held_until timestamptz,
    retry_at timestamptz
);

comment on column outgoing_hooks.followed_seq is 'All that the room''s log holds up to here has been delivered, or was not asked for.';
comment on column outgoing_hooks.salt is 'The signing secret is made of it with the server''s secret; it is kept nowhere.';
comment on column outgoing_hooks.lease is 'How often a worker has taken the hook up; only the newest one may write down how far it got.';

create index outgoing_hooks_by_room on outgoing_hooks (room_id, created_at);

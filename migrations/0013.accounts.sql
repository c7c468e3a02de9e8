alter table users
    add column is_administrator boolean not null default false,
    add column disabled_at timestamptz,
    add column email_verified_at timestamptz;

comment on column users.email_verified_at is 'When it was last shown that mail to this address reaches the person; null where it never was.';

create index users_by_address on users (lower(email), created_at);

create table passwords (
    user_id uuid primary key references users,
    hash text not null,
    changed_at timestamptz not null
);

create table sessions (
    id uuid primary key,
    user_id uuid not null references users,
    created_at timestamptz not null,
    used_at timestamptz not null,
    expires_at timestamptz not null,
    newest text collate "C" not null,
    before text collate "C",
    rotated_at timestamptz,
    device text not null,
    address text not null,
    provider text,
    sign_out_hint text,
    revoked_at timestamptz
);

comment on column sessions.newest is 'Names the refresh token that was handed out last; the token itself is made of it with the server''s secret.';

create index sessions_by_user on sessions (user_id, used_at) where revoked_at is null;
create index sessions_by_end on sessions (least(expires_at, revoked_at));

create table tickets (
    digest bytea primary key,
    purpose text not null,
    user_id uuid references users,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    notes jsonb not null
);

create index tickets_by_purpose_and_user on tickets (purpose, user_id);
create index tickets_by_expiry on tickets (expires_at);

create table invitations (
    id uuid primary key,
    digest bytea not null unique,
    room_id uuid not null references rooms,
    role text not null,
    created_by uuid not null references users,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    most_uses integer,
    uses integer not null default 0,
    check (most_uses is null or uses <= most_uses)
);

create index invitations_by_room on invitations (room_id, created_at);
create index invitations_by_expiry on invitations (expires_at);

create table identities (
    issuer text collate "C" not null,
    subject text collate "C" not null,
    user_id uuid not null references users,
    linked_at timestamptz not null,
    primary key (issuer, subject)
);

create index identities_by_user on identities (user_id);

create table users (
    id uuid primary key,
    email text collate "C" not null unique,
    name text not null,
    department text,
    avatar_url text,
    created_at timestamptz not null,
    last_seen_at timestamptz
);

-- Every event of a room updates its row: half of each page stays free, so that the new version finds room beside the old
-- one and no index is touched.
create table rooms (
    id uuid primary key,
    type text not null check (type in ('group', 'direct')),
    title text not null,
    created_by uuid not null references users,
    created_at timestamptz not null,
    last_seq bigint not null default 0,
    members_version bigint not null default 0,
    last_message_at timestamptz
) with (fillfactor = 50);

comment on column rooms.last_seq is 'Seq of the room''s newest event; raising it locks the room, so commit order is seq order.';
comment on column rooms.members_version is 'Raised by every joining and leaving, so that a writer that waited for the room sees that its knowledge of the members is old.';

create table room_members (
    room_id uuid not null references rooms,
    user_id uuid not null references users,
    role text not null check (role in ('owner', 'member')),
    joined_at timestamptz not null,
    primary key (room_id, user_id)
);

create index room_members_by_user on room_members (user_id);

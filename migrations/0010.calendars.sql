create table calendar_events (
    id uuid primary key,
    uid text collate "C" not null,
    organizer_id uuid not null references users,
    room_id uuid references rooms on delete set null,
    title text not null,
    start_at timestamptz not null,
    end_at timestamptz not null,
    all_day boolean not null,
    color text not null,
    location text not null,
    description text not null,
    rule text,
    zone text,
    until_at timestamptz,
    revision integer not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    reach_from timestamptz not null,
    reach_to timestamptz,
    check (start_at <= end_at),
    check ((rule is null) = (zone is null)),
    unique (organizer_id, uid)
);

comment on column calendar_events.reach_from is 'No occurrence begins before; with reach_to (null: never) what a stretch of time may hold is found without expanding anything.';

create index calendar_events_by_organizer on calendar_events (organizer_id, reach_from);
create index calendar_events_by_room on calendar_events (room_id) where room_id is not null;

create table calendar_attendees (
    event_id uuid not null references calendar_events on delete cascade,
    user_id uuid not null references users,
    place integer not null,
    primary key (event_id, user_id)
);

create index calendar_attendees_by_user on calendar_attendees (user_id);

-- What departs from its series: another title or time, or none at all where it is cancelled.
create table calendar_departures (
    event_id uuid not null references calendar_events on delete cascade,
    original timestamptz not null,
    title text,
    start_at timestamptz,
    end_at timestamptz,
    all_day boolean,
    color text,
    location text,
    description text,
    primary key (event_id, original)
);

create table calendar_feeds (
    user_id uuid primary key references users,
    digest bytea not null unique,
    opened_at timestamptz not null
);

comment on column calendar_feeds.digest is 'SHA-256 of the secret in the feed''s address; the secret itself is kept nowhere.';

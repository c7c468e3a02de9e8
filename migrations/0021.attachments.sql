create table attachments (
    id uuid primary key,
    uploader_id uuid not null references users,
    name text not null,
    mime text not null,
    size bigint not null,
    kind text collate "C" not null,
    width integer,
    height integer,
    created_at timestamptz not null,
    kept boolean not null default false,
    has_thumbnail boolean not null default false,
    digest bytea
);

create index attachments_by_age on attachments (created_at);

comment on table attachments is 'Files. The row is there before the file, and is gone before the file goes.';
comment on column attachments.kept is 'Whether all of it is in the storage; false while it is on its way there.';
comment on column attachments.digest is 'SHA-256 of what a desktop client sent within a text.';

create table message_files (
    attachment_id uuid primary key references attachments,
    room_id uuid not null,
    message_id uuid not null
);

create index message_files_by_room on message_files (room_id);
create index message_files_by_message on message_files (message_id);

comment on table message_files is 'Which message a file hangs on. What hangs on none may be swept.';

create table doomed_files (
    id uuid primary key
);

comment on table doomed_files is 'What is to be removed from the storage, since nothing refers to it any more.';

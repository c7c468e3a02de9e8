create table room_translations (
    room_id uuid not null,
    user_id uuid not null,
    language text collate "C" not null,
    followed_seq bigint not null,
    primary key (room_id, user_id),
    foreign key (room_id, user_id) references room_members on delete cascade
);

comment on table room_translations is 'In which language a member is shown what others say in a room.';
comment on column room_translations.followed_seq is 'All that the room''s log holds up to here is translated, or need not be.';

create table message_translations (
    message_id uuid not null,
    language text collate "C" not null,
    room_id uuid not null,
    text text not null,
    primary key (message_id, language)
);

create index message_translations_by_room on message_translations (room_id);

-- A message shows its mentions from its own row; the table finds a person's, newest first, without looking through rooms.
-- Whether a message speaks to everybody stands on it alone: a row for each member would make one word of a large room costly.
alter table messages
    add mentions jsonb,
    add mentions_room boolean not null default false;

comment on column messages.mentions is 'Ids of the members mentioned by name; null where there is none.';

create index messages_to_everybody on messages (room_id, id) where mentions_room;

create table mentions (
    user_id uuid not null,
    message_id uuid not null,
    primary key (user_id, message_id)
);

create index mentions_by_message on mentions (message_id);

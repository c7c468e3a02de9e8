drop table mentions;

drop index messages_to_everybody;

alter table messages
    drop mentions,
    drop mentions_room;

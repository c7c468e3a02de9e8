drop table room_events;
drop table messages;

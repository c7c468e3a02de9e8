drop table message_translations;
drop table room_translations;

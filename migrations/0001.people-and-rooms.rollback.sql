drop table room_members;
drop table rooms;
drop table users;

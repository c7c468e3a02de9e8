update room_events set type = 7, subject_id = null where type in (31, 32, 33);

drop table cards;

comment on column room_events.type is '1 message posted, 2 message edited, 3 message deleted, 4 answer posted, 5 member added, 6 member removed, 7 room renamed, 8 member updated, 9 reactions of a message changed, 10 pin of a message changed, 21 matter added, 22 matter updated, 23 matter removed';

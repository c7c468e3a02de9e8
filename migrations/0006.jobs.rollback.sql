alter table room_events drop column subject_id;
drop table jobs;

drop table doomed_files;
drop table message_files;
drop table attachments;

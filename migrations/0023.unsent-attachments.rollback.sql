drop index attachments_unsent_by_uploader;
drop index attachments_unsent_by_age;
create index attachments_by_age on attachments (created_at);
alter table attachments drop unsent;

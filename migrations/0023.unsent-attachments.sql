alter table attachments add unsent boolean not null default true;

update attachments a set unsent = false
where exists (select from message_files m where m.attachment_id = a.id);

drop index attachments_by_age;
create index attachments_unsent_by_age on attachments (created_at) where unsent;
create index attachments_unsent_by_uploader on attachments (uploader_id) where unsent;

comment on column attachments.unsent is 'Whether it has never hung on a message: few do, among all that were sent, and they are looked for.';

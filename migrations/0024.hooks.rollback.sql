drop table outgoing_hooks;
drop table hook_posts;
drop table incoming_hooks;
alter table messages drop column sender_name;

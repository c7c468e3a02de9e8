alter table rooms add column gleaned_seq bigint not null default 0;

comment on column rooms.gleaned_seq is 'Up to which seq of its log what was said was looked through for decisions and tasks.';

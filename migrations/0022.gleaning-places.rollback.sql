alter table rooms drop column gleaned_seq;

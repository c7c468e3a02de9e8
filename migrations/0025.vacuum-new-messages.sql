-- Unread messages are counted in an index alone only where a vacuum has been, and the unread ones are the newest. By
-- default it comes after a fifth of the table was added.
alter table messages set (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 20000);

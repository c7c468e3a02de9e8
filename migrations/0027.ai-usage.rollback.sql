delete from jobs where cancelled and status = 'failed'; -- what somebody has stopped was not set aside
alter table jobs drop column cancelled;
create index jarvis_requests_by_asker on jarvis_requests (asker_id, created_at);
drop table ai_usage;

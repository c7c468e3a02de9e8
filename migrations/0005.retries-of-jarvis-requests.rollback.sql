drop index jarvis_requests_failed;
alter table jarvis_requests drop column attempts_before, drop column failure, drop column retry_at;

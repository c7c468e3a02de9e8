alter table jarvis_requests
    add column retry_at timestamptz,
    add column failure text,
    add column attempts_before integer not null default 0;

comment on column jarvis_requests.retry_at is 'Not to be taken up before, since the last attempt failed; null where it may be taken up at any time.';
comment on column jarvis_requests.failure is 'A code or the name of a type that says what the last attempt failed of; never a text.';
comment on column jarvis_requests.attempts_before is 'The attempts before an operator had it run again, which do not count any more. The attempt itself only ever grows: it fences off old workers.';

create index jarvis_requests_failed on jarvis_requests (created_at, id) where status = 'failed';

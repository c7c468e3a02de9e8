alter table messages drop column citations;
drop table jarvis_confirmations;
drop table jarvis_rounds;
drop index jarvis_requests_by_asker;
alter table jarvis_requests
    drop column cancelled_by, drop column model, drop column tokens_in, drop column tokens_out,
    drop column first_word_ms, drop column whole_ms;

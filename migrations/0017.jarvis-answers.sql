alter table jarvis_requests
    add column cancelled_by uuid,
    add column model text,
    add column tokens_in integer,
    add column tokens_out integer,
    add column first_word_ms integer,
    add column whole_ms integer;

create index jarvis_requests_by_asker on jarvis_requests (asker_id, created_at);

create table jarvis_rounds (
    request_id uuid not null references jarvis_requests on delete cascade,
    place smallint not null,
    said text not null,
    calls jsonb not null,
    results jsonb not null,
    sources jsonb not null,
    primary key (request_id, place)
);

comment on table jarvis_rounds is 'Turns of the model that called tools: another attempt goes on after them, so that nothing is done twice. They go when the answer is there.';

create table jarvis_confirmations (
    request_id uuid not null references jarvis_requests on delete cascade,
    call_id text collate "C" not null,
    asker_id uuid not null,
    name text not null,
    summary text not null,
    expires_at timestamptz not null,
    leave text not null check (leave in ('waiting', 'given', 'refused')),
    primary key (request_id, call_id)
);

alter table messages add column citations jsonb;

comment on column messages.citations is 'Of an answer: [[ref, message id], …] in the order in which it cites them; the words are looked up, so that a deleted text is gone here too.';

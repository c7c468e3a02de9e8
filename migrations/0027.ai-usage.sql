create table ai_usage (
    person_id uuid not null references users,
    at timestamptz not null,
    requests integer not null,
    tokens bigint not null
);

comment on table ai_usage is 'What people and their bots have asked of the language model. Rows are added, and swept when no day counts them any more; nothing else that is deleted takes from it.';

create index ai_usage_by_person on ai_usage (person_id, at) include (requests, tokens);
create index ai_usage_by_age on ai_usage (at);

insert into ai_usage (person_id, at, requests, tokens)
select coalesce(b.owner_id, q.asker_id), q.created_at, 1, coalesce(q.tokens_in, 0) + coalesce(q.tokens_out, 0)
from jarvis_requests q left join bots b on b.user_id = q.asker_id
where q.created_at > now() - interval '2 days';

drop index jarvis_requests_by_asker;

alter table jobs add column cancelled boolean not null default false;

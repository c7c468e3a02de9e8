alter table messages
    add reply_to_id uuid,
    add thread_id uuid,
    add reply_count integer not null default 0,
    add last_reply_seq bigint,
    add attachments jsonb;

comment on column messages.reply_to_id is 'The message of the same room that this one answers.';
comment on column messages.thread_id is 'The message that the thread began with, on every reply in it; null on that message itself.';
comment on column messages.reply_count is 'How many messages have this one as their thread_id; those deleted since keep their place and count.';
comment on column messages.last_reply_seq is 'Seq of the newest of them: who has counted up to there does not count it again.';
comment on column messages.attachments is 'What is known of each file, in the order in which they were attached; null where there is none.';

create index messages_by_thread on messages (thread_id, seq) where thread_id is not null;

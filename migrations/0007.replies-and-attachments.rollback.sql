drop index messages_by_thread;

alter table messages
    drop reply_to_id,
    drop thread_id,
    drop reply_count,
    drop last_reply_seq,
    drop attachments;

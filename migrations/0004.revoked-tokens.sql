create table revoked_tokens (
    token_id text collate "C" primary key,
    expires_at timestamptz not null
);

create index revoked_tokens_by_expiry on revoked_tokens (expires_at);

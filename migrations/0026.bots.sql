alter table users add column bot_rights text[];

comment on column users.bot_rights is 'What a bot is allowed; null of a person, who may do what people may.';

create table bots (
    user_id uuid primary key references users,
    owner_id uuid not null references users,
    token_id text not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz
);

comment on table bots is 'Users that are programs, in the care of a person.';
comment on column bots.token_id is 'The jti of the one token that lets the bot in.';

create index bots_by_owner on bots (owner_id, created_at);

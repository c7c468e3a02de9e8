-- The table of vectors is made by a function, since the extension it needs may come later, or never: this migration must
-- not fail where it is missing, and Jarvis calls the function again when he starts.
create table embedding_spaces (
    id integer primary key generated always as identity,
    model text not null,
    dimensions integer not null,
    is_current boolean not null default false,
    unique (model, dimensions)
);

create unique index embedding_spaces_current on embedding_spaces (is_current) where is_current;

create table embedding_places (
    room_id uuid not null,
    space_id integer not null references embedding_spaces on delete cascade,
    seq bigint not null default 0,
    lease bigint not null default 0,
    lease_until timestamptz,
    primary key (room_id, space_id)
);

comment on column embedding_places.seq is 'Up to which event of the room''s log all has its vector.';
comment on column embedding_places.lease is 'Raised by each who holds the room; what somebody wants to keep who held it before is refused.';

create function prepare_message_embeddings() returns boolean language plpgsql as $$
begin
    if to_regclass('message_embeddings') is not null then
        return true;
    end if;
    perform pg_advisory_xact_lock(7226500522);
    if to_regclass('message_embeddings') is not null then
        return true;
    end if;
    if to_regtype('vector') is null then
        begin
            create extension if not exists vector;
        exception when others then
            -- The server does not have it, or this user may not.
            return false;
        end;
        if to_regtype('vector') is null then
            return false;
        end if;
    end if;
    execute 'create table message_embeddings (
        message_id uuid primary key,
        room_id uuid not null,
        space_id integer not null,
        embedding vector not null
    )';
    execute 'create index message_embeddings_by_room on message_embeddings (room_id, space_id)';
    return true;
end
$$;

do $$ begin perform prepare_message_embeddings(); end $$;

-- Whoever deletes a room need not know whether there is such a table.
create function forget_embeddings_of_room() returns trigger language plpgsql as $$
begin
    if to_regclass('message_embeddings') is not null then
        execute 'delete from message_embeddings where room_id = $1' using old.id;
    end if;
    return old;
end
$$;

create trigger forget_embeddings after delete on rooms for each row execute function forget_embeddings_of_room();

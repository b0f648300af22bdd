-- What people write while their hive focuses: it waits here for the break, and is theirs alone.

create table held_message (
    hive_id uuid not null references hive on delete cascade,
    author uuid not null references "user" on delete cascade,
    -- What it will be sent under, so that it is sent once however often that is tried.
    key uuid not null,
    -- Its place among those that wait.
    ordinal bigint generated always as identity,
    body text not null,
    reply_to bigint,
    at timestamptz not null,
    -- When it goes out; nothing while the focus phase goes on. Set in the transaction that ends it.
    due_at timestamptz,
    -- Why it did not go out, in a sentence for its author.
    refused text,
    primary key (hive_id, author, key)
);

create index held_message_due on held_message (due_at) where due_at is not null;

-- What was asked by REST under a key of the client's own, so that asking again gives the first answer
-- and does nothing a second time. Forgotten after a day.

create table idempotency (
    user_id uuid not null references "user" on delete cascade,
    -- A digest: the key itself opens the answer.
    key bytea not null,
    -- A digest of everything that was asked, to tell a repetition from something else.
    request bytea not null,
    -- Sealed, since some answers hold a link that is shown once; nothing while the work goes on.
    answer bytea,
    began_at timestamptz not null,
    primary key (user_id, key)
);

create index idempotency_began on idempotency (began_at);

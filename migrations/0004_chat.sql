-- What people write in hives, and how far each has read is in hive_member.

create table message (
    hive_id uuid not null references hive on delete cascade,
    -- The number of the event that made it, and so its place in the hive's one order.
    seq bigint not null,
    id uuid not null,
    author uuid not null references "user",
    -- The author's own key: a message that is sent again is the same message.
    key uuid not null,
    body text not null,
    -- The same as it is shown: rendered and cleaned.
    html text not null,
    reply_to bigint,
    mentions uuid[] not null default '{}',
    at timestamptz not null,
    edited_at timestamptz,
    pinned_at timestamptz,
    deleted_at timestamptz,
    primary key (hive_id, seq),
    constraint message_key_unique unique (hive_id, author, key)
);

create index message_pinned on message (hive_id, pinned_at) where pinned_at is not null and deleted_at is null;

create table message_reaction (
    hive_id uuid not null,
    seq bigint not null,
    emoji text not null,
    user_id uuid not null references "user" on delete cascade,
    at timestamptz not null default now(),
    primary key (hive_id, seq, emoji, user_id),
    foreign key (hive_id, seq) references message on delete cascade
);

-- What a message said before it was edited, until when.
create table message_version (
    hive_id uuid not null,
    seq bigint not null,
    until timestamptz not null,
    body text not null,
    primary key (hive_id, seq, until),
    foreign key (hive_id, seq) references message on delete cascade
);

-- What stands in a composer, for each place that has one.
create table draft (
    user_id uuid not null references "user" on delete cascade,
    place uuid not null,
    text text not null,
    updated_at timestamptz not null default now(),
    primary key (user_id, place)
);

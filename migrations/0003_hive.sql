-- Hives, who belongs to them, and the numbered log of what happens on every durable topic.

create table hive (
    id uuid primary key,
    name text not null,
    purpose text,
    access text not null,
    -- Null: as many as come.
    seats smallint,
    slow_seconds smallint not null default 0,
    rules text,
    rules_version integer not null default 0,
    archived_at timestamptz,
    made_by uuid not null references "user",
    -- The maker's own key, so that asking twice makes one.
    key uuid not null,
    created_at timestamptz not null default now(),
    constraint hive_key_unique unique (made_by, key),
    constraint hive_access_known check (access in ('public', 'invite', 'private')),
    constraint hive_seats_bounded check (seats between 2 and 1000),
    constraint hive_slow_seconds_bounded check (slow_seconds between 0 and 3600)
);

create table hive_member (
    hive_id uuid not null references hive on delete cascade,
    user_id uuid not null references "user" on delete cascade,
    rank text not null,
    muted_until timestamptz,
    -- The version of the rules they agreed to last.
    rules_seen integer not null default 0,
    goal text,
    joined_at timestamptz not null default now(),
    -- For slow mode.
    wrote_at timestamptz,
    read_to bigint not null default 0,
    -- Grows with each marking as unread.
    read_revision integer not null default 0,
    primary key (hive_id, user_id),
    constraint hive_member_rank_known check (rank in ('guest', 'member', 'host', 'owner'))
);

create index hive_member_of_user on hive_member (user_id);

create table hive_ban (
    hive_id uuid not null references hive on delete cascade,
    user_id uuid not null references "user" on delete cascade,
    until timestamptz not null,
    primary key (hive_id, user_id)
);

create table hive_invite (
    digest bytea primary key,
    hive_id uuid not null references hive on delete cascade,
    rank text not null,
    max_uses smallint not null,
    uses smallint not null default 0,
    expires_at timestamptz not null,
    made_by uuid not null references "user",
    created_at timestamptz not null default now(),
    constraint hive_invite_rank_known check (rank in ('guest', 'member')),
    constraint hive_invite_uses_bounded check (uses between 0 and max_uses)
);

create index hive_invite_of_hive on hive_invite (hive_id);

-- What somebody chose to show on every device; null leaves it to the devices.
alter table "user" add column presence text
    constraint user_presence_known check (presence in ('away', 'do_not_disturb', 'offline'));

-- The newest number of each durable topic, by the id of the hive or person it is about. Its row is
-- locked by whoever writes, so numbers are consecutive and in the order of commits.
create table topic_head (
    topic uuid primary key,
    seq bigint not null
);

-- What happened, as it is told; kept for as long as somebody may come back and ask.
create table topic_event (
    topic uuid not null,
    seq bigint not null,
    at timestamptz not null,
    name text not null,
    -- JSON as it goes over the wire; it is never looked into here.
    data text not null,
    primary key (topic, seq)
);

create index topic_event_at on topic_event (at);

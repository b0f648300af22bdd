-- What people are told of: stored first, in the transaction of what happened, and told after that.

create table notification (
    id uuid primary key,
    user_id uuid not null references "user" on delete cascade,
    -- Names what it comes from: nobody is told of one thing twice.
    source text not null,
    kind text not null,
    -- JSON, as the domain writes it. Never what somebody wrote in a hive: that may be deleted.
    what text not null,
    hive_id uuid references hive on delete cascade,
    message bigint,
    at timestamptz not null,
    -- When it may be told at the earliest.
    due_at timestamptz not null,
    -- Whether it waits for the end of a silence, which may be ended before.
    held boolean not null default false,
    -- Its number in the log of its person, once it is told.
    seq bigint,
    level text,
    rule text,
    told_at timestamptz,
    read_at timestamptz,
    -- The "mark all read" that read it, which can be taken back.
    read_key uuid,
    constraint notification_once unique (user_id, source),
    constraint notification_level_known check (level in ('off', 'in_bell', 'interrupt')),
    constraint notification_rule_known check (rule in ('default', 'yours', 'hive'))
);

create index notification_told on notification (user_id, seq desc) where seq is not null;
create index notification_waiting on notification (due_at) where seq is null;
create index notification_waiting_of on notification (user_id, due_at) where seq is null;
create index notification_unread on notification (user_id, seq) where seq is not null and read_at is null;
create index notification_of_message on notification (hive_id, message) where message is not null;
create index notification_of_announcement on notification (source) where kind = 'announcement';
create index notification_read_together on notification (user_id, read_key) where read_key is not null;

-- Each try to tell somebody, on each way there is.
create table notification_delivery (
    notification_id uuid not null references notification on delete cascade,
    channel text not null,
    attempt smallint not null,
    tried_at timestamptz not null,
    -- When it arrived, as far as that can be known.
    delivered_at timestamptz,
    -- Whether it made a sound or showed a notice.
    aloud boolean not null,
    failure text,
    primary key (notification_id, channel, attempt),
    constraint notification_channel_known check (channel in ('in_app', 'push', 'email'))
);

create index notification_aloud on notification_delivery (tried_at) where aloud;
create index notification_undelivered on notification_delivery (notification_id) where delivered_at is null;

-- When somebody first saw it in the panel, which is not yet reading it.
create table notification_seen (
    notification_id uuid primary key references notification on delete cascade,
    seen_at timestamptz not null
);

-- How each bell stands. Its counts are those of the unread rows, changed in the same transaction.
create table bell (
    user_id uuid primary key references "user" on delete cascade,
    unread integer not null default 0,
    attention integer not null default 0,
    -- JSON, as the domain writes it.
    schedule text not null default '[]',
    snoozed_until timestamptz,
    digest text,
    constraint bell_counts check (unread >= attention and attention >= 0)
);

-- How loud somebody wants what kind of thing, everywhere or from one hive.
create table notification_choice (
    user_id uuid not null references "user" on delete cascade,
    hive_id uuid references hive on delete cascade,
    kind text not null,
    level text not null,
    constraint notification_choice_once unique nulls not distinct (user_id, hive_id, kind),
    constraint notification_choice_known check (level in ('off', 'in_bell', 'interrupt'))
);

-- Who wants to know of every message, and of every session.
create index notification_choice_of_hive on notification_choice (kind, hive_id) where level <> 'off';

create table announcement (
    id uuid primary key,
    by uuid not null references "user",
    key uuid not null,
    title text not null,
    text text not null,
    audience text not null,
    at timestamptz not null,
    constraint announcement_key_unique unique (by, key)
);

-- What browsers check our pushes with: made at the first start.
create table push_key (
    only_row boolean primary key default true check (only_row),
    secret bytea not null
);

-- Browsers that want to be told while no page is open.
create table push_subscription (
    endpoint text primary key,
    user_id uuid not null references "user" on delete cascade,
    -- The sign-in it was asked for with: it ends with that.
    session_id uuid not null references session on delete cascade,
    p256dh bytea not null,
    auth bytea not null,
    created_at timestamptz not null
);

create index push_subscription_of_user on push_subscription (user_id);
create index push_subscription_of_session on push_subscription (session_id);

-- What is to be pushed, and when it is tried next.
create table push_job (
    notification_id uuid primary key references notification on delete cascade,
    due_at timestamptz not null,
    attempt smallint not null default 1
);

create index push_job_due on push_job (due_at);

-- Hosting a hive: who keeps whom out and why, and links that can be named without their secret.

alter table hive_ban
    add column made_by uuid references "user",
    add column made_at timestamptz not null default now(),
    add column why text;

alter table hive_invite
    add column id uuid not null default gen_random_uuid(),
    add constraint hive_invite_id_unique unique (id);

-- Rhythms that a hive keeps under names of its own.
create table hive_rhythm (
    -- Made by whoever saves it, so that saving twice keeps one.
    id uuid not null,
    hive_id uuid not null references hive on delete cascade,
    name text not null,
    -- JSON, as the domain writes it.
    rhythm text not null,
    created_at timestamptz not null,
    primary key (hive_id, id)
);

create unique index hive_rhythm_name_unique on hive_rhythm (hive_id, lower(name));

-- Hives in which a host was since somebody was last in them, and who is asked to be one.
create table hive_handover (
    hive_id uuid primary key references hive on delete cascade,
    -- Since when no host is there; null while one is.
    gone_at timestamptz,
    offered_to uuid references "user",
    declined uuid[] not null default '{}'
);

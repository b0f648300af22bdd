-- Clocks, the phases that are over, and what of them everybody was there for.

create table timer (
    -- The hive, or the person whose own clock it is.
    place uuid primary key,
    hive_id uuid references hive on delete cascade,
    user_id uuid references "user" on delete cascade,
    -- The facts as JSON, as they are told; only the domain looks into them.
    facts text not null,
    revision bigint not null,
    -- When it next changes by itself.
    wakes_at timestamptz,
    -- When somebody was last known to be in the hive, on whichever node.
    seen_at timestamptz,
    constraint timer_of_one check ((hive_id is null) <> (user_id is null))
);

create index timer_wakes on timer (wakes_at) where wakes_at is not null;

-- Each phase that is over, once.
create table timer_phase (
    place uuid not null references timer on delete cascade,
    ordinal bigint not null,
    phase text not null,
    round smallint not null,
    began_at timestamptz not null,
    ended_at timestamptz not null,
    planned_ms bigint not null,
    -- JSON, as the domain writes it.
    pauses text not null,
    ending text not null,
    attended boolean not null,
    primary key (place, ordinal),
    constraint timer_phase_ending_known check (ending in ('completed', 'skipped', 'stopped')),
    constraint timer_phase_forward check (began_at <= ended_at)
);

-- What was done to a clock and by whom, and how it stood before, so that it can be taken back.
create table timer_act (
    place uuid not null references timer on delete cascade,
    revision bigint not null,
    user_id uuid not null references "user",
    act text not null,
    at timestamptz not null,
    before text not null,
    primary key (place, revision)
);

create index timer_act_at on timer_act (place, at);

-- How it goes for somebody who is not in step with the others.
create table timer_lane (
    hive_id uuid not null references hive on delete cascade,
    user_id uuid not null references "user" on delete cascade,
    lane text not null,
    -- When it ends by itself.
    ends_at timestamptz,
    primary key (hive_id, user_id)
);

create index timer_lane_of_user on timer_lane (user_id);
create index timer_lane_ends on timer_lane (ends_at) where ends_at is not null;

-- Stretches in which somebody's devices said they were there, or what else they were at.
create table attested (
    place uuid not null,
    user_id uuid not null references "user" on delete cascade,
    from_at timestamptz not null,
    to_at timestamptz not null,
    was text not null,
    primary key (place, user_id, from_at),
    constraint attested_forward check (from_at <= to_at),
    constraint attested_was_known check (was in ('there', 'overtime', 'paused', 'elsewhere'))
);

create index attested_until on attested (place, to_at);

-- Somebody's part in one focus phase.
create table stint (
    id uuid primary key,
    user_id uuid not null references "user" on delete cascade,
    place uuid not null,
    ordinal bigint not null,
    hive_id uuid references hive on delete cascade,
    began_at timestamptz not null,
    ended_at timestamptz not null,
    credited_seconds integer not null,
    -- Their own word, which stands above the computed one.
    corrected_seconds integer,
    goal text,
    outcome text,
    void boolean not null,
    constraint stint_once unique (user_id, place, ordinal),
    foreign key (place, ordinal) references timer_phase on delete cascade,
    constraint stint_outcome_known check (outcome in ('done', 'partly', 'not')),
    constraint stint_corrected_bounded check (corrected_seconds between 0 and 86400)
);

create index stint_of_user on stint (user_id, began_at desc);
create index stint_of_phase on stint (place, ordinal);

-- What pulled somebody away while they focused.
create table pull (
    user_id uuid not null references "user" on delete cascade,
    at timestamptz not null,
    kind text not null,
    primary key (user_id, at),
    constraint pull_kind_known check (kind in ('inner', 'outer'))
);

-- Which signals somebody wants at the end of a phase; those who never chose have no row.
create table signals (
    user_id uuid primary key references "user" on delete cascade,
    focus_sound boolean not null,
    break_sound boolean not null,
    focus_title boolean not null,
    break_title boolean not null,
    tick boolean not null,
    volume smallint not null,
    constraint signals_volume_bounded check (volume between 0 and 100)
);

-- When this house last said that it runs, so that an outage of ours is nobody's absence.
create table alive (
    only_row boolean primary key default true check (only_row),
    at timestamptz not null
);

-- What somebody works on at a clock of their own.
alter table "user" add column goal text;

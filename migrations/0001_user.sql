-- People, the departments they belong to, and what the owner decides for the house.

create table setting (
    -- One row: there is one house.
    id smallint primary key default 1,
    house text not null,
    registration text not null default 'invite',
    constraint setting_is_single check (id = 1),
    constraint setting_registration_known check (registration in ('invite', 'open'))
);

create table sector (
    id uuid primary key,
    name text not null,
    created_at timestamptz not null default now()
);

create unique index sector_name_unique on sector (lower(name));

create table avatar (
    id uuid primary key,
    -- A re-encoded picture, 256 by 256.
    image bytea not null,
    created_at timestamptz not null default now()
);

create table "user" (
    id uuid primary key,
    email text not null,
    email_verified_at timestamptz,
    handle text not null,
    name text not null,
    -- Null once the account is removed: nobody signs in to it again.
    password_hash text,
    role text not null default 'member',
    sector_id uuid references sector on delete set null,
    active boolean not null default true,
    avatar_id uuid references avatar on delete set null,
    status_text text,
    status_until timestamptz,
    zone text not null default 'UTC',
    -- Minutes after midnight.
    day_end smallint not null default 0,
    send_typing boolean not null default true,
    send_read_receipts boolean not null default true,
    send_presence boolean not null default true,
    send_focus_totals boolean not null default false,
    created_at timestamptz not null default now(),
    removed_at timestamptz,
    constraint user_email_unique unique (email),
    constraint user_handle_unique unique (handle),
    constraint user_role_known check (role in ('member', 'moderator', 'admin', 'owner')),
    constraint user_day_end_bounded check (day_end between 0 and 720)
);

create index user_role on "user" (role) where role <> 'member';
create index user_sector on "user" (sector_id) where sector_id is not null;

-- Coming in: sessions, tokens of outside clients, invites, one-time links, and what was refused.
-- Secrets are kept as SHA-256 digests, so that a stolen copy of these tables opens nothing.

create table session (
    id uuid primary key,
    user_id uuid not null references "user" on delete cascade,
    kind text not null,
    label text not null,
    address text,
    created_at timestamptz not null default now(),
    seen_at timestamptz not null default now(),
    expires_at timestamptz not null,
    constraint session_kind_known check (kind in ('browser', 'token'))
);

create index session_of_user on session (user_id);
create index session_ending on session (expires_at);

-- The cookie side of a browser's session.
create table cookie_session (
    digest bytea primary key,
    -- Null until somebody signs in through it.
    session_id uuid references session on delete cascade,
    data jsonb not null,
    expires_at timestamptz not null
);

create index cookie_session_of_session on cookie_session (session_id);
create index cookie_session_ending on cookie_session (expires_at);

-- The refresh tokens of one outside client; a row that is used twice ends its session.
create table refresh_token (
    digest bytea primary key,
    session_id uuid not null references session on delete cascade,
    used_at timestamptz,
    expires_at timestamptz not null
);

create index refresh_token_of_session on refresh_token (session_id);

-- The keys that sign access tokens. The newest signs; the older ones verify until they retire.
create table token_key (
    kid uuid primary key,
    secret bytea not null,
    created_at timestamptz not null default now(),
    retires_at timestamptz
);

create table invite (
    id uuid primary key,
    digest bytea not null,
    role text not null,
    max_uses smallint not null,
    uses smallint not null default 0,
    expires_at timestamptz not null,
    withdrawn_at timestamptz,
    made_by uuid not null references "user",
    -- The maker's own key, so that asking twice makes one.
    key uuid not null,
    created_at timestamptz not null default now(),
    constraint invite_digest_unique unique (digest),
    constraint invite_key_unique unique (made_by, key),
    constraint invite_role_known check (role in ('member', 'moderator', 'admin', 'owner')),
    constraint invite_uses_bounded check (uses between 0 and max_uses)
);

create table one_time_link (
    digest bytea primary key,
    user_id uuid not null references "user" on delete cascade,
    purpose text not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    constraint one_time_link_purpose_known check (purpose in ('verify', 'reset'))
);

create index one_time_link_of_user on one_time_link (user_id);

-- Somebody forgot a password, and there is no mail: an admin sees it here.
create table reset_request (
    user_id uuid primary key references "user" on delete cascade,
    asked_at timestamptz not null default now()
);

create table sign_in_failure (
    id bigint generated always as identity primary key,
    -- Digests of the address typed and of the network address.
    account bytea not null,
    address bytea not null,
    at timestamptz not null default now()
);

create index sign_in_failure_account on sign_in_failure (account, at);
create index sign_in_failure_address on sign_in_failure (address, at);

create table audit (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    actor uuid references "user" on delete set null,
    deed text not null,
    subject uuid references "user" on delete set null,
    before text,
    after text
);

create index audit_at on audit (at desc);

-- What cookies and form tokens are signed with: made at the first start, the same on every node.
create table house_secret (
    id smallint primary key default 1,
    cookie_key bytea not null,
    constraint house_secret_is_single check (id = 1)
);

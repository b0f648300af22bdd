-- Hosting a hive: who keeps whom out and why, and links that can be named without their secret.

alter table hive_ban
    add column made_by uuid references "user",
    add column made_at timestamptz not null default now(),
    add column why text;

alter table hive_invite
    add column id uuid not null default gen_random_uuid(),
    add constraint hive_invite_id_unique unique (id);

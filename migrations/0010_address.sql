-- The address that somebody wants instead of theirs: it becomes theirs when a link that went there
-- is opened. It may be somebody else's; nobody learns that here.

create table address_change (
    user_id uuid primary key references "user" on delete cascade,
    -- Nothing once they thought again.
    email text,
    asked_at timestamptz not null
);

alter table one_time_link drop constraint one_time_link_purpose_known;
alter table one_time_link add constraint one_time_link_purpose_known check (purpose in ('verify', 'reset', 'change'));

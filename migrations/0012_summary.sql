-- Who wants to have by mail what they left unread, and when. Whoever does not has no row.

create table summary (
    user_id uuid primary key references "user" on delete cascade,
    days text not null,
    -- Minutes after midnight, on the wall where they are.
    at_minute smallint not null,
    after_hours smallint not null,
    -- When the next one is due.
    due_at timestamptz not null,
    constraint summary_days_known check (days in ('every_day', 'workdays', 'mondays')),
    constraint summary_minute check (at_minute between 0 and 1439),
    constraint summary_hours check (after_hours between 1 and 168)
);

create index summary_due on summary (due_at);

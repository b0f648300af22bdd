-- A tick every second in focus, and one in breaks: two choices.
alter table signals rename column tick to focus_tick;
alter table signals add column break_tick boolean not null default false;
alter table signals alter column break_tick drop default;

-- What Enter does where somebody writes: it sends, or it begins another line and Ctrl+Enter sends.

alter table "user" add column enter_key text not null default 'sends'
    constraint user_enter_key_known check (enter_key in ('sends', 'breaks'));

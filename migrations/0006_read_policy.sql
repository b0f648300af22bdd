-- When what somebody sees counts as read.

alter table "user" add column read_policy text not null default 'seen'
    constraint user_read_policy_known check (read_policy in ('seen', 'bottom', 'by_hand'));

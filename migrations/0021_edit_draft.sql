-- A message that is written anew has a draft of its own; zero is the composer's.
alter table draft
    add column message bigint not null default 0,
    drop constraint draft_pkey,
    add constraint draft_pkey primary key (user_id, place, message);

-- A message that was deleted can be had again for a moment, by whoever deleted it; then its words
-- are wiped.

alter table message add column deleted_by uuid references "user";

create index message_to_wipe on message (deleted_at) where deleted_at is not null and body <> '';

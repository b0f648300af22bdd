-- What is owed to somebody at the end of a focus, kept until they are told: a card, once.
alter table bell add column owed_since timestamptz;

create index bell_owed on bell (owed_since) where owed_since is not null;

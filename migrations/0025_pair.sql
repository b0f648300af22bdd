-- Where two people write to each other alone: a private hive of exactly these, found again by who
-- they are, in the order of their ids.

alter table hive add column pair text;
alter table hive add constraint hive_pair_unique unique (pair);

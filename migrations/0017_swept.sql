-- What is old is swept: what was read, and what was done to clocks.
create index notification_read on notification (read_at) where read_at is not null;
create index timer_act_old on timer_act (at);

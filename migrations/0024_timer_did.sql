-- What was done to a clock, as it is told to whoever asks: JSON, as the domain writes it. Nothing
-- where what was done last was taken back.
alter table timer_act add column did text;

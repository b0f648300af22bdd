-- When the card of a focus that is over may be shown: it ended while it was quiet for another reason.
alter table bell add column card_at timestamptz;

create index bell_card on bell (card_at) where card_at is not null;

-- Who was out of step when something was done to a clock: taken back, they are again.
alter table timer_act add column lanes text not null default '[]';

//! Messages that wait for the break: written while a hive focuses, their author's alone until the
//! focus phase is over, and then sent in the order in which they were written.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Message;
use crate::{
    id::{HiveId, Key},
    moment::Moment,
    text::Body,
    timer::Timer,
};

/// How many may wait of one person in one hive. More would be a flood at the break.
pub const MOST_HELD: usize = 20;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Held {
    /// What it will be sent under, and its name until then.
    pub key: Key,
    pub body: Body,
    pub reply_to: Option<u64>,
    pub at: Moment,
    /// Why it did not go out when it should have, in a sentence. It is tried again at the next break.
    pub refused: Option<String>,
}

/// What became of a message that was to wait: where nobody focuses there is nothing to wait for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Holding {
    Waits(Box<Held>),
    Sent(Box<Message>),
}

/// Something happened to a message that waits; with nothing left of it, it waits no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeldChanged {
    pub hive: HiveId,
    pub key: Key,
    pub held: Option<Held>,
}

impl HeldChanged {
    /// Puts the change into what is known of the messages that wait, in their order.
    pub fn fold(self, all: &mut Vec<Held>) {
        match (self.held, all.iter_mut().find(|held| held.key == self.key)) {
            (Some(new), Some(known)) => *known = new,
            (Some(new), None) => all.push(new),
            (None, _) => all.retain(|held| held.key != self.key),
        }
    }
}

/// Whether a focus phase, paused or not, came to its end between these two.
pub fn frees(before: &Timer, after: &Timer) -> bool {
    before.is_at_work() && (!after.is_at_work() || after.ordinal != before.ordinal)
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    pub hive: HiveId,
    pub key: Key,
    pub body: Body,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListHeld {
    pub hive: HiveId,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditHeld {
    pub hive: HiveId,
    pub key: Key,
    pub body: Body,
}

/// It is not to be sent after all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DropHeld {
    pub hive: HiveId,
    pub key: Key,
}

/// It is not to wait any longer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SendHeld {
    pub hive: HiveId,
    pub key: Key,
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use uuid::Uuid;

    use super::*;
    use crate::{
        id::UserId,
        text::Name,
        timer::{Act, Acted},
    };

    fn at(minutes: i64) -> Moment {
        Moment(time::OffsetDateTime::UNIX_EPOCH).after(Duration::minutes(minutes))
    }

    fn after(timer: &Timer, act: Act, minutes: i64) -> Timer {
        let mut timer = timer.clone();
        let acted =
            Acted { by: UserId(Uuid::nil()), name: Name::parse("Ada").unwrap(), at: at(minutes), act, stage: None };
        timer.act(acted, None).unwrap();
        timer
    }

    #[test]
    fn every_end_of_focus_frees_and_nothing_else_does() {
        let idle = Timer::default();
        let focus = after(&idle, Act::Start { grid: false }, 0);
        let paused = after(&focus, Act::Pause { minutes: None }, 5);
        assert!(!frees(&idle, &focus));
        assert!(!frees(&focus, &paused));
        assert!(!frees(&paused, &after(&paused, Act::Resume, 6)));
        assert!(!frees(&focus, &after(&focus, Act::Extend { seconds: 300 }, 5)));
        for act in [Act::Skip, Act::Stop] {
            assert!(frees(&focus, &after(&focus, act.clone(), 5)), "{act:?}");
            assert!(frees(&paused, &after(&paused, act.clone(), 6)), "{act:?}");
        }
        let mut rest = focus.clone();
        rest.roll(at(25), None);
        assert!(frees(&focus, &rest));
        assert!(!frees(&rest, &after(&rest, Act::Skip, 26)));
        let mut parked = focus.clone();
        parked.roll(at(25), Some(at(0)));
        assert!(frees(&focus, &parked));
    }

    #[test]
    fn a_whole_break_may_pass_between_two_looks() {
        let mut focus = after(&Timer::default(), Act::Start { grid: false }, 0);
        focus.rhythm.auto_focus = true;
        let mut later = focus.clone();
        later.roll(at(31), None);
        assert!(later.is_at_work() && frees(&focus, &later));
    }

    #[test]
    fn what_waits_stays_in_its_order_when_it_changes() {
        let hive = HiveId(Uuid::nil());
        let held = |key: u128, body: &str| Held {
            key: Key(Uuid::from_u128(key)),
            body: Body::parse(body).unwrap(),
            reply_to: None,
            at: at(0),
            refused: None,
        };
        let mut all = Vec::new();
        for one in [held(1, "a"), held(2, "b"), held(1, "c")] {
            HeldChanged { hive, key: one.key, held: Some(one) }.fold(&mut all);
        }
        assert_eq!(all, [held(1, "c"), held(2, "b")]);
        HeldChanged { hive, key: Key(Uuid::from_u128(1)), held: None }.fold(&mut all);
        assert_eq!(all, [held(2, "b")]);
    }
}

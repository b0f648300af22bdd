//! Who leads a hive while its hosts are away: the role is offered to whoever has been there longest,
//! to one person at a time. It is a role more, and nobody's is taken for it; the clock knows of none
//! of this. Everything follows from who is there and from now, so it is the same however often one looks.

use serde::{Deserialize, Serialize};
use time::Duration;
use utoipa::ToSchema;

use super::{Rank, Right};
use crate::{
    id::{HiveId, UserId},
    moment::Moment,
};

/// How long the last host may be gone before somebody is asked.
pub const GONE: Duration = Duration::seconds(60);

/// Somebody in a seat of the hive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sitting {
    pub user: UserId,
    pub rank: Rank,
    pub muted: bool,
    /// Since when they are there.
    pub since: Moment,
    /// When a device of theirs was heard last.
    pub heard_at: Moment,
}

impl Sitting {
    /// Whether they may lead the hive.
    pub fn is_host(&self) -> bool {
        self.rank.may(Right::Conduct)
    }

    fn is_there(&self, now: Moment) -> bool {
        now.since(self.heard_at) < GONE
    }

    /// Members who are there and may write: who is a guest, or silent for a time, leads nobody.
    fn is_eligible(&self, now: Moment) -> bool {
        self.rank == Rank::Member && !self.muted && self.is_there(now)
    }
}

/// What is kept of a hive in which a host was, since somebody was last in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handover {
    /// Since when there is no host; nothing while there is one.
    pub gone_at: Option<Moment>,
    /// Who is asked right now.
    pub offered: Option<UserId>,
    /// Who said no, so that nobody is asked twice.
    pub declined: Vec<UserId>,
}

impl Handover {
    /// How it stands by now. With a host there, nothing of it is left but that there was one.
    pub fn look(&mut self, sitting: &[Sitting], now: Moment) {
        let hosts = sitting.iter().filter(|sitting| sitting.is_host());
        let heard = hosts.map(|host| host.heard_at).max();
        if heard.is_some_and(|at| now.since(at) < GONE) {
            *self = Self::default();
            return;
        }
        let gone_at = *self.gone_at.get_or_insert(heard.unwrap_or(now));
        let stands = |user: UserId| sitting.iter().any(|one| one.user == user && one.is_eligible(now));
        if self.offered.is_some_and(stands) {
            return;
        }
        self.offered = if now.since(gone_at) >= GONE { self.next(sitting, now) } else { None };
    }

    /// They do not want it now: the next one is asked.
    pub fn decline(&mut self, user: UserId, sitting: &[Sitting], now: Moment) {
        self.declined.push(user);
        self.offered = None;
        self.look(sitting, now);
    }

    fn next(&self, sitting: &[Sitting], now: Moment) -> Option<UserId> {
        let asked = sitting.iter().filter(|one| one.is_eligible(now) && !self.declined.contains(&one.user));
        asked.min_by_key(|one| (one.since, one.user)).map(|one| one.user)
    }
}

/// Takes the role of host that is offered, or not now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AnswerOffer)]
pub struct AnswerOffer {
    pub hive: HiveId,
    pub yes: bool,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;

    const NOW: Moment = Moment(datetime!(2026-01-05 10:00 UTC));

    fn second(seconds: i64) -> Moment {
        NOW.after(Duration::seconds(seconds))
    }

    fn user(n: u8) -> UserId {
        UserId(Uuid::from_u128(n.into()))
    }

    fn sitting(n: u8, rank: Rank, since: i64) -> Sitting {
        Sitting { user: user(n), rank, muted: false, since: second(since), heard_at: second(1000) }
    }

    #[test]
    fn after_a_minute_without_a_host_whoever_was_there_longest_is_asked_then_the_next() {
        let people = [sitting(1, Rank::Guest, 0), sitting(2, Rank::Member, 20), sitting(3, Rank::Member, 10)];
        let mut handover = Handover::default();
        handover.look(&people, second(1000));
        handover.look(&people, second(1059));
        assert_eq!((handover.gone_at, handover.offered), (Some(second(1000)), None));
        let people = people.map(|one| Sitting { heard_at: second(1060), ..one });
        handover.look(&people, second(1060));
        assert_eq!(handover.offered, Some(user(3)));
        handover.decline(user(3), &people, second(1061));
        assert_eq!(handover.offered, Some(user(2)));
        handover.decline(user(2), &people, second(1062));
        assert_eq!(handover.offered, None);
        // The host is back, and another time they are all asked anew.
        let back = [people.as_slice(), &[sitting(9, Rank::Owner, 1063)]].concat();
        let back: Vec<_> = back.into_iter().map(|one| Sitting { heard_at: second(1063), ..one }).collect();
        handover.look(&back, second(1063));
        assert_eq!(handover, Handover::default());
    }

    #[test]
    fn a_host_who_is_only_silent_counts_from_when_they_were_heard() {
        let host = Sitting { heard_at: second(0), ..sitting(1, Rank::Host, 0) };
        let member = Sitting { heard_at: second(60), ..sitting(2, Rank::Member, 0) };
        let mut handover = Handover::default();
        handover.look(&[host.clone(), member.clone()], second(59));
        assert_eq!(handover, Handover::default());
        handover.look(&[host, member], second(60));
        assert_eq!((handover.gone_at, handover.offered), (Some(second(0)), Some(user(2))));
    }

    fn people() -> impl Strategy<Value = Vec<Sitting>> {
        let one = (0..4usize, any::<bool>(), 0..100i64, 0..120i64);
        proptest::collection::vec(one, 0..6).prop_map(|people| {
            let one = |(n, (rank, muted, since, silent)): (usize, (usize, bool, i64, i64))| Sitting {
                user: user(u8::try_from(n).unwrap()),
                rank: Rank::ALL[rank],
                muted,
                since: second(since),
                heard_at: second(1000 - silent),
            };
            people.into_iter().enumerate().map(one).collect()
        })
    }

    proptest! {
        #[test]
        fn only_members_who_are_there_are_asked_nobody_twice_and_never_beside_a_host(
            rounds in proptest::collection::vec((people(), any::<bool>()), 1..8),
        ) {
            let now = second(1000);
            let mut handover = Handover { gone_at: Some(second(0)), ..Handover::default() };
            for (people, declines) in rounds {
                handover.look(&people, now);
                let again = { let mut again = handover.clone(); again.look(&people, now); again };
                prop_assert_eq!(&again, &handover);
                let Some(asked) = handover.offered else { continue };
                let one = people.iter().find(|one| one.user == asked).unwrap();
                prop_assert!(one.is_eligible(now) && !handover.declined.contains(&asked));
                prop_assert!(!people.iter().any(|one| one.rank >= Rank::Host && one.is_there(now)));
                if declines {
                    handover.decline(asked, &people, now);
                    prop_assert_ne!(handover.offered, Some(asked));
                }
            }
        }
    }
}

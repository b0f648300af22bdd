//! What clocks and presence know of each other: a clock says what is on, presence says who was there.

use focushive::{
    Moment,
    focus::Attested,
    id::{HiveId, UserId},
    presence::BEAT,
    timer::{Lane, Span, Timer},
};
use time::Duration;
use uuid::Uuid;

use super::{
    Here, Presence, Stretch, Who,
    attest::{Attesting, was},
    sitting, stretches,
};

/// Somebody heard this long before a boundary, at most, sat through it.
const JUST_NOW: Duration = Duration::seconds(BEAT.whole_seconds() + 5);

impl Presence {
    /// Before this house ran again, it did not, from then on.
    pub fn was_out(&self, outage: Span) {
        self.lock().outage = Some(outage);
    }

    /// A hive's clock stands differently now. Whoever sits there is there from its first moment on.
    pub fn set_timer(&self, hive: HiveId, timer: &Timer, now: Moment) {
        let mut here = self.lock();
        let Here { people, hives, .. } = &mut *here;
        if let Some(sitting) = hives.get_mut(&hive)
            && timer.revision >= sitting.timer.revision
        {
            sitting.timer = timer.clone();
            let sitters: Vec<UserId> = sitting.sitters.keys().copied().collect();
            for user in sitters {
                if let Some(who) = people.get(&user).filter(|who| sits_at(who, now)) {
                    sitting.hear(user, who, now, Duration::ZERO);
                }
            }
        }
        drop(here);
        self.changed.notify_one();
    }

    /// Somebody's own clock does.
    pub fn set_own(&self, user: UserId, timer: &Timer, now: Moment) {
        let mut here = self.lock();
        let who = here.people.entry(user).or_default();
        who.own = Some(timer.clone());
        if sits_at(who, now) {
            let was = was(&sitting::rolled(timer, now), Lane::InStep);
            who.attesting.hear(now, was, Duration::ZERO);
        }
    }

    /// After a restart of ours: what was written of them is gone on with.
    pub fn go_on_own(&self, user: UserId, last: Option<Attested>) {
        self.lock().people.entry(user).or_default().attesting = Attesting::going_on(last);
    }

    /// Whether it is time to write what was attested; then it counts as done.
    pub fn is_due(&self, now: Moment, every: Duration) -> bool {
        let mut here = self.lock();
        let due = here.written_at.is_none_or(|at| now.since(at) >= every);
        if due {
            here.written_at = Some(now);
        }
        due
    }

    /// What could not be written now is written later.
    pub fn give_back(&self, stretches: Vec<Stretch>) {
        self.lock().left.extend(stretches);
    }

    pub fn set_lane(&self, hive: HiveId, user: UserId, lane: Lane, now: Moment) {
        let mut here = self.lock();
        let Here { people, hives, .. } = &mut *here;
        if let (Some(sitting), Some(who)) = (hives.get_mut(&hive), people.get(&user)) {
            // What was before ends here, what is now begins here.
            sitting.hear(user, who, now, Duration::ZERO);
            if let Some(sitter) = sitting.sitters.get_mut(&user) {
                sitter.lane = lane;
            }
            sitting.hear(user, who, now, Duration::ZERO);
        }
        drop(here);
        self.changed.notify_one();
    }

    /// Since when nobody is in a hive, if nobody is.
    pub fn empty_since(&self, hive: HiveId) -> Option<Moment> {
        let here = self.lock();
        let somebody = here.hives.get(&hive).is_some_and(|sitting| !sitting.sitters.is_empty());
        let since = || here.emptied.get(&hive).copied().or(here.outage.map(|outage| outage.to));
        if somebody { None } else { since() }
    }

    /// The hives somebody sits in.
    pub fn hives_of(&self, user: UserId) -> Vec<HiveId> {
        let here = self.lock();
        here.hives.iter().filter(|(_, sitting)| sitting.sitters.contains_key(&user)).map(|(hive, _)| *hive).collect()
    }

    /// Those who focus in a hive; if none does, those who are in it.
    pub fn concerned(&self, hive: HiveId, now: Moment) -> Vec<UserId> {
        let here = self.lock();
        let Some(sitting) = here.hives.get(&hive) else { return Vec::new() };
        let timer = sitting::rolled(&sitting.timer, now);
        let focusing: Vec<UserId> = sitting
            .sitters
            .iter()
            .filter(|(_, sitter)| sitter.lane.at(&timer, now).counts(&timer))
            .map(|(user, _)| *user)
            .collect();
        if focusing.is_empty() { sitting.sitters.keys().copied().collect() } else { focusing }
    }

    /// Everything attested that is not written yet; at one place's boundary, up to it.
    pub fn take_attested(&self, boundary: Option<(Uuid, Moment)>) -> Vec<Stretch> {
        let mut here = self.lock();
        let mut taken = std::mem::take(&mut here.left);
        let Here { people, hives, .. } = &mut *here;
        let up_to = |place: Uuid| boundary.filter(|(at, _)| *at == place).map(|(_, at)| at);
        for (hive, sitting) in hives {
            for (user, sitter) in &mut sitting.sitters {
                if let Some((at, who)) = up_to(hive.0).zip(people.get(user))
                    && sits_at(who, at)
                {
                    sitter.attesting.stop(at);
                }
                taken.extend(stretches(hive.0, *user, &mut sitter.attesting));
            }
        }
        for (user, who) in people {
            if let Some(at) = up_to(user.0)
                && sits_at(who, at)
            {
                who.attesting.stop(at);
            }
            taken.extend(stretches(user.0, *user, &mut who.attesting));
        }
        taken
    }
}

/// Whether somebody was heard just before an instant, or since.
fn sits_at(who: &Who, at: Moment) -> bool {
    who.devices.values().any(|device| device.heard_at >= at.before(JUST_NOW))
}

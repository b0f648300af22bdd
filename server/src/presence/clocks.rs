//! What clocks and presence know of each other: a clock says what is on, presence says who was there.

use std::cmp::Reverse;

use focushive::{
    Moment,
    focus::{Attested, Was},
    id::{HiveId, UserId},
    presence::{GRACE, LEASE},
    timer::{Lane, Span, Timer},
};
use time::Duration;
use uuid::Uuid;

use super::{
    Here, Presence, Seated, Stretch, Who,
    attest::{Attesting, was},
    sitting::{self, Sitter, Sitting},
    stretches,
};

impl Presence {
    /// Everybody in a seat, whether or not they let themselves be seen.
    pub fn seated(&self) -> Vec<Seated> {
        let here = self.lock();
        let mut seated = Vec::new();
        for (hive, sitting) in &here.hives {
            for (user, sitter) in &sitting.sitters {
                let devices = here.people.get(user).map(|who| &who.devices);
                let heard = devices.and_then(|all| {
                    sitter.devices.iter().filter_map(|device| all.get(device)).map(|device| device.heard_at).max()
                });
                if let Some(heard_at) = heard {
                    seated.push(Seated { hive: *hive, user: *user, since: sitter.since, heard_at });
                }
            }
        }
        seated
    }

    /// Nobody has been there for longer than any seat outlives a lost connection.
    pub fn is_empty_for_good(&self, hive: HiveId, now: Moment) -> bool {
        self.empty_since(hive).is_some_and(|since| now.since(since) > LEASE + GRACE)
    }

    /// Before this house ran again, it did not, from then on.
    pub fn was_out(&self, outage: Span) {
        self.lock().outage = Some(outage);
    }

    /// A hive's clock stands differently now. Whoever sits there is there from its first moment on.
    pub fn set_timer(&self, hive: HiveId, timer: &Timer, now: Moment) {
        let mut here = self.lock();
        if let Some(sitting) = here.hives.get_mut(&hive)
            && timer.revision >= sitting.timer.revision
        {
            sitting.timer = timer.clone();
            let sitters: Vec<UserId> = sitting.sitters.keys().copied().collect();
            for user in sitters {
                here.attest(user, now, Duration::ZERO, |sitter, who| sitter.sits_at(who, now));
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
            here.attest(user, now, Duration::ZERO, |sitter, who| sitter.sits_at(who, now));
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
        // What was before ends here, what is now begins here.
        here.attest(user, now, Duration::ZERO, |sitter, who| sitter.sits_at(who, now));
        if let Some(sitter) = here.sitter(hive, user) {
            sitter.lane = lane;
            here.attest(user, now, Duration::ZERO, |sitter, who| sitter.sits_at(who, now));
        }
        // Whoever says that they finish a thought has done so since the end, or since they are back.
        if let Lane::Overtime { since } = lane
            && let Some(heard) = here.people.get(&user).and_then(|who| who.heard)
            && let Some(sitter) = here.sitter(hive, user)
        {
            sitter.attesting.begin_at(since.max(heard.from));
        }
        drop(here);
        self.changed.notify_one();
    }

    /// Whether somebody lets themselves be seen; their focus counts for themselves either way.
    pub fn set_shown(&self, user: UserId, shown: bool) {
        let mut here = self.lock();
        for sitter in here.hives.values_mut().filter_map(|sitting| sitting.sitters.get_mut(&user)) {
            sitter.shown = shown;
        }
        here.company.look_again(user);
        drop(here);
        self.changed.notify_one();
    }

    /// Since when nobody takes part in what a hive's clock says, if nobody does: nobody is there, or
    /// nobody has touched a device for rounds.
    pub fn idle_since(&self, hive: HiveId, now: Moment) -> Option<Moment> {
        self.empty_since(hive).or_else(|| self.lock().silent_since(hive, now))
    }

    /// Since when nobody is in a hive, if nobody is.
    pub fn empty_since(&self, hive: HiveId) -> Option<Moment> {
        let here = self.lock();
        let somebody = here.hives.get(&hive).is_some_and(|sitting| !sitting.sitters.is_empty());
        let since = || here.emptied.get(&hive).copied().or(here.outage.map(|outage| outage.to));
        if somebody { None } else { since() }
    }

    /// Whether anybody is in a hive, and was when something there ended: not while this house was out.
    pub fn is_attended(&self, hive: HiveId, ended_at: Moment) -> bool {
        let away = self.lock().outage.is_some_and(|outage| ended_at < outage.to);
        !away && self.empty_since(hive).is_none()
    }

    /// The hives in which anybody takes part.
    pub fn occupied(&self, now: Moment) -> Vec<Uuid> {
        let here = self.lock();
        let takes_part = |(hive, sitting): &(&HiveId, &Sitting)| {
            !sitting.sitters.is_empty() && here.silent_since(**hive, now).is_none()
        };
        here.hives.iter().filter(takes_part).map(|(hive, _)| hive.0).collect()
    }

    /// From when to when this house did not run.
    pub fn outage(&self) -> Option<Span> {
        self.lock().outage
    }

    /// Whether somebody sits in a hive.
    pub fn sits_in(&self, hive: HiveId, user: UserId) -> bool {
        self.lock().hives.get(&hive).is_some_and(|sitting| sitting.sitters.contains_key(&user))
    }

    /// The hives somebody sits in, the one first where they sat down last.
    pub fn hives_of(&self, user: UserId) -> Vec<HiveId> {
        let here = self.lock();
        let since = |sitting: &Sitting| sitting.sitters.get(&user).map(|sitter| Reverse(sitter.since));
        let mut hives: Vec<_> = here.hives.iter().filter_map(|(hive, at)| Some((since(at)?, *hive))).collect();
        hives.sort_unstable();
        hives.into_iter().map(|(_, hive)| hive).collect()
    }

    /// Those who focus in a hive; if none does, those who are in it.
    pub fn concerned(&self, hive: HiveId, now: Moment) -> Vec<UserId> {
        let here = self.lock();
        let Some(sitting) = here.hives.get(&hive) else { return Vec::new() };
        let timer = sitting::rolled(&sitting.timer, now);
        let awake = || sitting.sitters.iter().filter(|(user, _)| here.is_awake(**user, &timer, now));
        let focuses = |(_, sitter): &(&UserId, &Sitter)| sitter.lane.at(&timer, now).counts(&timer);
        let focusing: Vec<UserId> = awake().filter(focuses).map(|(user, _)| *user).collect();
        if focusing.is_empty() { awake().map(|(user, _)| *user).collect() } else { focusing }
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
                    && sitter.sits_at(who, at)
                {
                    sitter.attesting.reach(at);
                }
                taken.extend(stretches(hive.0, *user, &mut sitter.attesting));
            }
        }
        for (user, who) in people {
            if let Some(at) = up_to(user.0)
                && sits_at(who, at)
            {
                who.attesting.reach(at);
            }
            taken.extend(stretches(user.0, *user, &mut who.attesting));
        }
        taken
    }
}

impl Here {
    /// Whether somebody has touched a device of late.
    fn is_awake(&self, user: UserId, timer: &Timer, now: Moment) -> bool {
        self.people.get(&user).is_some_and(|who| !sitting::is_silent(who, timer, now))
    }

    /// Since when all who sit in a hive have been silent, if they have.
    fn silent_since(&self, hive: HiveId, now: Moment) -> Option<Moment> {
        let sitting = self.hives.get(&hive)?;
        let silent = |user: &UserId| {
            let from = self.people.get(user).and_then(|who| sitting::silent_from(who, &sitting.timer));
            from.filter(|from| now > *from)
        };
        let since: Option<Vec<Moment>> = sitting.sitters.keys().map(silent).collect();
        since?.into_iter().max()
    }

    fn sitter(&mut self, hive: HiveId, user: UserId) -> Option<&mut Sitter> {
        self.hives.get_mut(&hive)?.sitters.get_mut(&user)
    }

    /// Somebody is attested what they are at, in their seats that are asked about and at their own
    /// clock. Two clocks never count the same time: where several would, one does.
    pub(super) fn attest(
        &mut self,
        user: UserId,
        now: Moment,
        outage: Duration,
        seats: impl Fn(&Sitter, &Who) -> bool,
    ) {
        let counting = self.counting(user, now);
        let Some(who) = self.people.get_mut(&user) else { return };
        for (hive, sitting) in &mut self.hives {
            if !sitting.sitters.get(&user).is_some_and(|sitter| seats(sitter, who)) {
                continue;
            }
            let was = sitting.was(user, who, now).map(|was| once(was, counting == Some(hive.0)));
            if let Some(sitter) = sitting.sitters.get_mut(&user) {
                sitter.attesting.hear(now, was, outage);
            }
        }
        let was = who.own_was(now);
        who.attesting.hear(now, was, outage);
    }

    /// The one clock at which somebody's time counts now: their own, or that of the seat they took last.
    fn counting(&self, user: UserId, now: Moment) -> Option<Uuid> {
        let who = self.people.get(&user)?;
        if who.own_was(now).is_some() {
            return Some(user.0);
        }
        let seats = self.hives.iter().filter_map(|(hive, sitting)| {
            let sitter = sitting.sitters.get(&user).filter(|sitter| sitter.sits_at(who, now))?;
            matches!(sitting.was(user, who, now), Some(Was::There | Was::Overtime)).then_some((sitter.sat_at, hive.0))
        });
        seats.max().map(|(_, hive)| hive)
    }
}

impl Who {
    /// What time spent at their own clock is now.
    fn own_was(&self, now: Moment) -> Option<Was> {
        let own = sitting::rolled(self.own.as_ref()?, now);
        was(&own, Lane::InStep).filter(|_| !sitting::is_silent(self, &own, now))
    }
}

/// What counts, where it counts; elsewhere it does not.
const fn once(was: Was, here: bool) -> Was {
    match was {
        Was::There | Was::Overtime if !here => Was::Elsewhere,
        was => was,
    }
}

/// Whether somebody was heard just before an instant, or since, on any device.
fn sits_at(who: &Who, at: Moment) -> bool {
    who.devices.values().any(|device| sitting::was_heard(device, at))
}

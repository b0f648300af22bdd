//! The seats of one hive: who is in them, how its clock goes for each, and how they were last told.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    time::Instant,
};

use focushive::{
    Moment,
    focus::Was,
    id::UserId,
    presence::{BEAT, Device, Difference, Seat, Session, State},
    text::Goal,
    timer::{Lane, Timer},
    user::Person,
};
use time::Duration;

use super::{
    DeviceKey, Who,
    attest::{Attesting, was},
};

/// Who gives no sign of life for so many rounds is not in the session any more, whatever their
/// devices say: a tab that was left open focuses on nothing.
const ROUNDS_IN_SILENCE: i32 = 3;

/// Somebody heard this long before an instant, at most, was there at that instant.
const JUST_NOW: Duration = Duration::seconds(BEAT.whole_seconds() + 5);

#[derive(Default)]
pub(super) struct Sitting {
    pub sitters: HashMap<UserId, Sitter>,
    pub told: BTreeMap<UserId, Seat>,
    pub told_at: Option<Instant>,
    pub timer: Timer,
}

pub(super) struct Sitter {
    pub person: Person,
    pub goal: Option<Goal>,
    /// Whether they let themselves be seen; their focus counts for themselves either way.
    pub shown: bool,
    pub devices: HashSet<DeviceKey>,
    /// Since when they are there, with whatever device.
    pub since: Moment,
    /// When one of these devices last took the seat.
    pub sat_at: Moment,
    pub lane: Lane,
    pub attesting: Attesting,
}

impl Sitting {
    /// What time that somebody spends in their seat is now.
    pub fn was(&self, user: UserId, who: &Who, now: Moment) -> Option<Was> {
        let timer = rolled(&self.timer, now);
        let lane = self.sitters.get(&user)?.lane.at(&timer, now);
        was(&timer, lane).filter(|_| !is_silent(who, &timer, now))
    }

    /// Brings what is told up to now; the answer is what changed.
    pub fn update(&mut self, people: &HashMap<UserId, Who>, now: Moment) -> Difference {
        let timer = rolled(&self.timer, now);
        self.sitters.retain(|user, sitter| people.contains_key(user) || !sitter.devices.is_empty());
        let mut difference = Difference::default();
        for (user, sitter) in &self.sitters {
            let state = sitter.state(people.get(user), &timer, now);
            let told = self.told.get(user);
            if state != State::Offline && told.is_none_or(|told| told.state != state || told.goal != sitter.goal) {
                difference.here.push(Seat { person: sitter.person.clone(), state, goal: sitter.goal.clone() });
            }
        }
        let there = |user: &UserId| {
            let sitter = self.sitters.get(user);
            sitter.is_some_and(|sitter| sitter.state(people.get(user), &timer, now) != State::Offline)
        };
        difference.gone = self.told.keys().filter(|user| !there(user)).copied().collect();
        difference.here.sort_by_key(|seat| seat.person.id);
        difference.clone().apply(&mut self.told);
        difference
    }
}

impl Sitter {
    /// Whether one of the devices in this seat was heard just before an instant, or since.
    pub fn sits_at(&self, who: &Who, at: Moment) -> bool {
        self.devices.iter().filter_map(|device| who.devices.get(device)).any(|device| was_heard(device, at))
    }

    /// Whether any device is in this seat still: in a session for as long as it is kept, else while it is there.
    pub fn is_held(&self, who: &Who, timer: &Timer, now: Moment) -> bool {
        let mut devices = self.devices.iter().filter_map(|device| who.devices.get(device));
        if timer.phase().is_some() {
            return !who.devices.is_empty();
        }
        devices.any(|device| device.is_there(now))
    }

    /// The part they have in what the clock says is on.
    pub fn session(&self, who: &Who, timer: &Timer, now: Moment) -> Option<Session> {
        self.lane.at(timer, now).session(timer).filter(|_| !is_silent(who, timer, now))
    }

    /// What the others see of them.
    fn state(&self, who: Option<&Who>, timer: &Timer, now: Moment) -> State {
        let Some(who) = who.filter(|who| self.shown && self.is_held(who, timer, now)) else { return State::Offline };
        who.facts(self.session(who, timer, now)).state(now)
    }
}

/// A clock as it is by now: the one that is kept may be a boundary behind.
pub(super) fn rolled(timer: &Timer, now: Moment) -> Timer {
    let mut timer = timer.clone();
    timer.roll(now, None);
    timer
}

/// Whether a device was heard just before an instant, or since. One whose connection ended is not
/// taken to be there: should it be back soon, what it missed is added then.
pub(super) fn was_heard(device: &Device, at: Moment) -> bool {
    device.heard_at >= if device.end.is_none() { at.before(JUST_NOW) } else { at }
}

pub(super) fn is_silent(who: &Who, timer: &Timer, now: Moment) -> bool {
    silent_from(who, timer).is_some_and(|from| now > from)
}

/// From when on somebody takes no part in a session any more, unless they touch a device before.
pub(super) fn silent_from(who: &Who, timer: &Timer) -> Option<Moment> {
    let round = Duration::minutes((timer.rhythm.focus_minutes + timer.rhythm.short_minutes).into());
    who.touched_at.map(|at| at.after(round * ROUNDS_IN_SILENCE))
}

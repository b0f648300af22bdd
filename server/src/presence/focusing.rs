//! Who focuses right now, wherever: what is told to them waits. What they let others see of
//! themselves makes no difference here.

use std::collections::HashMap;

use focushive::{
    Moment,
    id::{HiveId, SessionId, UserId},
    presence::{Device, Session, State},
    timer::{Lane, Timer},
};

use super::{
    DeviceKey, Presence, Who,
    sitting::{Sitter, Sitting, is_silent, rolled},
};

/// Somebody's focus that is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Focus {
    pub since: Moment,
    /// Unknown where a clock counts up.
    pub until: Option<Moment>,
}

impl Presence {
    /// Everybody who focuses. At two clocks at once, the later end counts.
    pub fn focusing(&self, now: Moment) -> HashMap<UserId, Focus> {
        let here = self.lock();
        let mut focusing = HashMap::new();
        for sitting in here.hives.values().filter(|sitting| sitting.timer.phase().is_some()) {
            let timer = rolled(&sitting.timer, now);
            for (user, sitter) in &sitting.sitters {
                let who = here.people.get(user);
                add(&mut focusing, *user, who.and_then(|who| sits(sitter, who, &timer, now)));
            }
        }
        for (user, who) in &here.people {
            add(&mut focusing, *user, who.own.as_ref().and_then(|own| alone(who, &rolled(own, now), now)));
        }
        focusing
    }

    /// Whether a hive's clock says that people focus there.
    pub fn is_focus_in(&self, hive: HiveId, now: Moment) -> bool {
        let here = self.lock();
        let timer = here.hives.get(&hive).map(|sitting| &sitting.timer).filter(|timer| timer.phase().is_some());
        timer.is_some_and(|timer| rolled(timer, now).is_focus())
    }

    /// The same of one person.
    pub fn focus_of(&self, user: UserId, now: Moment) -> Option<Focus> {
        let here = self.lock();
        let who = here.people.get(&user)?;
        let mut focusing = HashMap::new();
        let seated = |sitting: &Sitting| {
            let sitter = sitting.sitters.get(&user)?;
            sits(sitter, who, &rolled(&sitting.timer, now), now)
        };
        for sitting in here.hives.values() {
            add(&mut focusing, user, seated(sitting));
        }
        add(&mut focusing, user, who.own.as_ref().and_then(|own| alone(who, &rolled(own, now), now)));
        focusing.remove(&user)
    }

    /// Whether any device of theirs spoke since this house runs.
    pub fn is_known(&self, user: UserId) -> bool {
        self.lock().people.get(&user).is_some_and(|who| !who.devices.is_empty())
    }

    /// Whether somebody looks at one of their devices, as far as these say.
    pub fn is_looking(&self, user: UserId, now: Moment) -> bool {
        self.lock().people.get(&user).is_some_and(|who| who.devices.values().any(|device| looks(device, now)))
    }

    /// Where they are: of their devices that are there the one they look at, or heard from last.
    pub fn last_touched(&self, user: UserId, now: Moment) -> Option<SessionId> {
        let here = self.lock();
        let there = here.people.get(&user)?.devices.iter();
        let there = there.filter(|(_, device)| device.is_there(now));
        there.max_by_key(|(key, device)| (device.active, device.heard_at, **key)).map(|(key, _)| key.0)
    }

    /// Whether they do so through one connection.
    pub fn is_looking_on(&self, user: UserId, connection: u64, now: Moment) -> bool {
        let on = |(key, device): (&DeviceKey, &Device)| key.1 == Some(connection) && looks(device, now);
        self.lock().people.get(&user).is_some_and(|who| who.devices.iter().any(on))
    }
}

fn looks(device: &Device, now: Moment) -> bool {
    device.active && device.end.is_none() && device.is_there(now)
}

fn add(focusing: &mut HashMap<UserId, Focus>, user: UserId, focus: Option<Focus>) {
    let Some(focus) = focus else { return };
    let known = focusing.entry(user).or_insert(focus);
    known.since = known.since.min(focus.since);
    known.until = known.until.zip(focus.until).map(|(known, other)| known.max(other));
}

fn sits(sitter: &Sitter, who: &Who, timer: &Timer, now: Moment) -> Option<Focus> {
    focus(who, sitter.session(who, timer, now), timer, now)
}

/// A clock that somebody walked away from holds nothing back.
fn alone(who: &Who, timer: &Timer, now: Moment) -> Option<Focus> {
    focus(who, Lane::InStep.session(timer).filter(|_| !is_silent(who, timer, now)), timer, now)
}

fn focus(who: &Who, session: Option<Session>, timer: &Timer, now: Moment) -> Option<Focus> {
    let facts = focushive::presence::Facts { choice: None, ..who.facts(session) };
    let since = timer.started_at().unwrap_or(now);
    match facts.state(now) {
        State::Focusing { until } => Some(Focus { since, until: Some(until) }),
        State::InFlow { since: begun } => Some(Focus { since: begun, until: None }),
        // A thought that is finished: everything waits for that too.
        State::Overtime { since: ended } => Some(Focus { since: since.min(ended), until: None }),
        State::OnBreak { .. }
        | State::Paused
        | State::DoNotDisturb
        | State::Around
        | State::Away
        | State::Reconnecting
        | State::Offline => None,
    }
}

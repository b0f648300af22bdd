//! Who is in which hive right now, on this node: what devices say is kept in memory, and told as
//! differences, each hive's at most once a second.

mod attest;
mod clocks;
pub mod company;
mod focusing;
mod leaving;
pub mod rest;
mod sitting;
pub mod store;

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use focushive::{
    Moment,
    caller::Member,
    focus::Attested,
    id::{HiveId, SessionId, UserId},
    presence::{Choice, Device, End, Facts, GRACE, LEASE, Seat, Session},
    protocol::{Event, Topic},
    text::Goal,
    timer::{Lane, Span, Timer},
};
use time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use self::{
    attest::Attesting,
    company::Company,
    sitting::{Sitter, Sitting},
};
pub use self::{attest::Stretch, focusing::Focus};
use crate::{
    clock::Clock,
    failure::Failure,
    hub::{Hub, Merge, Published},
    services::Services,
};

/// How often a hive's differences are told at most: where many come and go, in batches.
const EVERY: std::time::Duration = std::time::Duration::from_millis(200);
const EVERY_OF_MANY: std::time::Duration = std::time::Duration::from_secs(1);
const MANY: usize = 50;

/// How often leases are looked at.
const SWEEP: std::time::Duration = std::time::Duration::from_millis(500);

/// Somebody as they sit down: how they are shown, and how the clock goes for them.
pub struct Entering {
    pub sitter: store::Sitter,
    pub timer: Timer,
    pub lane: Lane,
    /// Their last stretch here, to go on with after a short silence.
    pub attested: Option<Attested>,
    /// When they last touched this device, if that is said.
    pub touched_at: Option<Moment>,
}

/// Somebody in a seat, and for how long.
#[derive(Clone, Copy)]
pub struct Seated {
    pub hive: HiveId,
    pub user: UserId,
    pub since: Moment,
    pub heard_at: Moment,
}

/// One tab or program of somebody.
type DeviceKey = (SessionId, Option<u64>);

#[derive(Clone, Default)]
pub struct Presence {
    here: Arc<Mutex<Here>>,
    changed: Arc<Notify>,
    /// Held while it is looked up who shares a hive with whom, so that what is older is not believed later.
    looking_up: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Default)]
struct Here {
    people: HashMap<UserId, Who>,
    hives: HashMap<HiveId, Sitting>,
    /// Since when nobody has been in a hive.
    emptied: HashMap<HiveId, Moment>,
    /// What of people who left is still to be written.
    left: Vec<Stretch>,
    /// From when to when this house did not run.
    outage: Option<Span>,
    /// When what was attested was last written.
    written_at: Option<Moment>,
    company: Company,
}

#[derive(Default)]
struct Who {
    devices: HashMap<DeviceKey, Device>,
    choice: Option<Choice>,
    /// When they last touched any of their devices.
    touched_at: Option<Moment>,
    /// From when to when they were last heard without a break.
    heard: Option<Span>,
    /// Their own clock, while it is in use.
    own: Option<Timer>,
    attesting: Attesting,
}

impl Who {
    fn facts(&self, session: Option<Session>) -> Facts {
        Facts { devices: self.devices.values().copied().collect(), choice: self.choice, session }
    }
}

impl Presence {
    /// Takes a seat. Entering twice, from two tabs or devices, is one seat.
    pub fn enter(&self, by: Member, hive: HiveId, entering: Entering, now: Moment) {
        let Entering { sitter, timer, lane, attested, touched_at } = entering;
        let mut here = self.lock();
        let Here { people, hives, emptied, .. } = &mut *here;
        emptied.remove(&hive);
        let who = people.entry(by.id).or_default();
        who.choice = sitter.choice;
        let device = who.devices.entry(key(by)).or_insert(Device::new(true, now));
        (device.heard_at, device.end) = (now, None);
        let sitting = hives.entry(hive).or_default();
        if timer.revision >= sitting.timer.revision {
            sitting.timer = timer;
        }
        // A page that is back after its connection broke, or after a restart of ours, says itself for how
        // long nobody has touched it; whoever says nothing of that touched it where they are new here.
        let is_new = who.touched_at.is_none() || !sitting.sitters.contains_key(&by.id);
        who.touched_at = who.touched_at.max(touched_at.or(is_new.then_some(now)));
        let seat = sitting.sitters.entry(by.id).or_insert_with(|| Sitter {
            person: sitter.person,
            goal: sitter.goal,
            shown: sitter.shown,
            devices: HashSet::new(),
            since: now,
            sat_at: now,
            lane,
            attesting: Attesting::going_on(attested),
        });
        if seat.devices.insert(key(by)) {
            seat.sat_at = now;
        }
        here.heard(by, now);
        drop(here);
        self.changed.notify_one();
    }

    /// Gives the seat up on this device; it is empty once none is left in it.
    pub fn exit(&self, by: Member, hive: HiveId, now: Moment) {
        let mut here = self.lock();
        here.heard(by, now);
        if here.get_up(by, hive) {
            here.stand_up(hive, by.id, now);
        }
        drop(here);
        self.changed.notify_one();
    }

    /// Whatever their devices say, they are not in that hive any more.
    pub fn remove(&self, hive: HiveId, user: UserId, now: Moment) {
        let mut here = self.lock();
        here.stand_up(hive, user, now);
        here.company.look_again(user);
        drop(here);
        self.changed.notify_one();
    }

    /// They signed out, or were: nothing of them is left anywhere.
    pub fn forget(&self, user: UserId, now: Moment, ended: impl Fn(SessionId) -> bool) {
        let of_session = |device: &DeviceKey| ended(device.0);
        let mut here = self.lock();
        if let Some(who) = here.people.get_mut(&user) {
            who.devices.retain(|device, _| !of_session(device));
        }
        let mut left = Vec::new();
        for (hive, sitting) in &mut here.hives {
            if let Some(sitter) = sitting.sitters.get_mut(&user) {
                sitter.devices.retain(|device| !of_session(device));
                left.extend(sitter.devices.is_empty().then_some(*hive));
            }
        }
        for hive in left {
            here.stand_up(hive, user, now);
        }
        drop(here);
        self.changed.notify_one();
    }

    /// A device is there.
    pub fn beat(&self, by: Member, active: bool, now: Moment) {
        let mut here = self.lock();
        let who = here.people.entry(by.id).or_default();
        let before = who.devices.insert(key(by), Device::new(active, now));
        if active || who.touched_at.is_none() {
            who.touched_at = Some(now);
        }
        here.heard(by, now);
        drop(here);
        if before.is_none_or(|before| before.active != active) {
            self.changed.notify_one();
        }
    }

    /// A device answered by itself, also where the page behind it is slowed down.
    pub fn answered(&self, by: Member, now: Moment) {
        let mut here = self.lock();
        if let Some(device) = here.people.get_mut(&by.id).and_then(|who| who.devices.get_mut(&key(by))) {
            device.heard_at = now;
            here.heard(by, now);
        }
    }

    /// A device's connection ended; whether for good is not known yet. Who says goodbye is heard with that.
    pub fn ended(&self, by: Member, end: End, now: Moment) {
        let mut here = self.lock();
        if end == End::Closed {
            here.heard(by, now);
        }
        if let Some(device) = here.people.get_mut(&by.id).and_then(|who| who.devices.get_mut(&key(by))) {
            device.heard_at = if end == End::Closed { now } else { device.heard_at };
            device.end = Some(end);
        }
    }

    pub fn set_choice(&self, user: UserId, choice: Option<Choice>) {
        let mut here = self.lock();
        here.people.entry(user).or_default().choice = choice;
        here.company.look_again(user);
        drop(here);
        self.changed.notify_one();
    }

    pub fn set_goal(&self, hive: HiveId, user: UserId, goal: Option<Goal>) {
        let mut here = self.lock();
        if let Some(sitter) = here.hives.get_mut(&hive).and_then(|sitting| sitting.sitters.get_mut(&user)) {
            sitter.goal = goal;
        }
        drop(here);
        self.changed.notify_one();
    }

    /// Who is in a hive, as it was last told: the differences that follow go on from this.
    pub fn seats(&self, hive: HiveId) -> Vec<Seat> {
        self.lock().hives.get(&hive).map(|sitting| sitting.told.values().cloned().collect()).unwrap_or_default()
    }

    /// Tells what changed since it was last told, in hives whose turn it is. The answer is when it is
    /// the turn of the next of the others.
    fn tell(&self, hub: &Hub, now: Moment, instant: Instant) -> Option<Instant> {
        let mut here = self.lock();
        let Here { people, hives, .. } = &mut *here;
        let (mut told, mut next) = (Vec::new(), None::<Instant>);
        for (hive, sitting) in &mut *hives {
            let every = if sitting.sitters.len() > MANY { EVERY_OF_MANY } else { EVERY };
            if let Some(turn) = sitting.told_at.map(|at| at + every).filter(|turn| instant < *turn) {
                next = Some(next.map_or(turn, |next| next.min(turn)));
                continue;
            }
            let difference = sitting.update(people, now);
            if !difference.is_empty() {
                sitting.told_at = Some(instant);
                let event = Event::PresenceChanged(difference);
                told.push(Published::volatile(Topic::HiveLive(*hive), now, &event, Some(Merge::Presence)));
            }
        }
        hives.retain(|_, sitting| !sitting.sitters.is_empty() || !sitting.told.is_empty());
        drop(here);
        hub.publish(told);
        next
    }

    /// Forgets devices that have been silent for longer than any seat outlives them.
    fn sweep(&self, now: Moment) {
        let mut here = self.lock();
        for who in here.people.values_mut() {
            who.devices.retain(|_, device| now.since(device.heard_at) <= LEASE + GRACE);
        }
        here.leave_empty_seats(now);
        // Whoever was at a clock of their own when this house went down may still be on the way back.
        let longest = here.lost(now) + LEASE + GRACE;
        let is_gone = |who: &Who| who.devices.is_empty() && who.attesting.is_lost(now, longest);
        let gone: Vec<UserId> = here.people.iter().filter(|(_, who)| is_gone(who)).map(|(user, _)| *user).collect();
        for user in gone {
            let hives: Vec<HiveId> = here.hives.keys().copied().collect();
            for hive in hives {
                here.lose(hive, user, now);
            }
            if let Some(who) = here.people.get_mut(&user) {
                who.attesting.lose();
                let stretches = stretches(user.0, user, &mut who.attesting);
                // A clock of their own that runs is kept: they may come back to it.
                if who.own.as_ref().is_none_or(|own| own.phase().is_none()) {
                    here.people.remove(&user);
                }
                here.left.extend(stretches);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Here> {
        self.here.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Here {
    /// Whoever is heard is attested what they are at, at every clock they take part in.
    fn heard(&mut self, by: Member, now: Moment) {
        if let Some(who) = self.people.get_mut(&by.id) {
            let heard = who.heard.filter(|heard| now.since(heard.to) <= LEASE);
            who.heard = Some(Span { from: heard.map_or(now, |heard| heard.from), to: now });
        }
        self.attest(by.id, now, self.lost(now), |sitter, _| sitter.devices.contains(&key(by)));
    }

    /// The time this house was out, for those who are only coming back from that.
    fn lost(&self, now: Moment) -> Duration {
        let outage = self.outage.filter(|outage| now.since(outage.to) <= LEASE);
        outage.map_or(Duration::ZERO, Span::length)
    }

    fn stand_up(&mut self, hive: HiveId, user: UserId, now: Moment) {
        let Some(mut sitter) = self.hives.get_mut(&hive).and_then(|sitting| sitting.sitters.remove(&user)) else {
            return;
        };
        sitter.attesting.stop(now);
        self.empty(hive, user, sitter, now);
    }

    fn lose(&mut self, hive: HiveId, user: UserId, now: Moment) {
        let Some(mut sitter) = self.hives.get_mut(&hive).and_then(|sitting| sitting.sitters.remove(&user)) else {
            return;
        };
        sitter.attesting.lose();
        self.empty(hive, user, sitter, now);
    }

    fn empty(&mut self, hive: HiveId, user: UserId, mut sitter: Sitter, now: Moment) {
        self.left.extend(stretches(hive.0, user, &mut sitter.attesting));
        if self.hives.get(&hive).is_some_and(|sitting| sitting.sitters.is_empty()) {
            self.emptied.insert(hive, now);
        }
    }
}

fn stretches(place: Uuid, user: UserId, attesting: &mut Attesting) -> Vec<Stretch> {
    attesting.take().into_iter().map(|attested| Stretch { place, user, attested }).collect()
}

fn key(by: Member) -> DeviceKey {
    (by.session, by.connection)
}

/// Tells what changes as it changes, and looks after leases.
pub async fn keep(presence: Presence, hub: Hub, clock: Clock, stop: CancellationToken) {
    let mut every = tokio::time::interval(SWEEP);
    let mut next = None;
    loop {
        let turn = next.unwrap_or_else(|| Instant::now() + SWEEP);
        tokio::select! {
            () = stop.cancelled() => return,
            () = presence.changed.notified() => {}
            () = tokio::time::sleep_until(turn.into()) => {}
            _ = every.tick() => presence.sweep(clock.now()),
        }
        next = presence.tell(&hub, clock.now(), Instant::now());
    }
}

/// Somebody as they sit down in a hive; none who is no member of it.
pub async fn sitter(services: &Services, hive: HiveId, user: UserId) -> Result<Option<store::Sitter>, Failure> {
    Ok(store::sitter(&services.db, hive, user).await?)
}

/// Chooses what others see, on every device.
pub async fn set_choice(services: &Services, by: Member, choice: Option<Choice>) -> Result<(), Failure> {
    store::set_choice(&services.db, by.id, choice).await?;
    services.hub.show(by.id, choice);
    services.presence.set_choice(by.id, choice);
    Ok(())
}

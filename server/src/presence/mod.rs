//! Who is in which hive right now, on this node: what devices say is kept in memory, and told as
//! differences, each hive's at most once a second.

pub mod store;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use focushive::{
    Moment,
    caller::Member,
    id::{HiveId, SessionId, UserId},
    presence::{Choice, Device, Difference, Facts, GRACE, LEASE, Seat, State},
    protocol::{Event, Topic},
    text::Goal,
    user::Person,
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{
    failure::Failure,
    hub::{Hub, Published},
    services::{Clock, Services},
};

/// How often a hive's differences are told at most.
const EVERY: Duration = Duration::from_secs(1);

/// How often leases are looked at.
const SWEEP: Duration = Duration::from_millis(500);

/// One tab or program of somebody.
type DeviceKey = (SessionId, Option<u64>);

#[derive(Clone, Default)]
pub struct Presence {
    here: Arc<Mutex<Here>>,
    changed: Arc<Notify>,
}

#[derive(Default)]
struct Here {
    people: HashMap<UserId, Who>,
    hives: HashMap<HiveId, Sitting>,
}

#[derive(Default)]
struct Who {
    devices: HashMap<DeviceKey, Device>,
    choice: Option<Choice>,
}

impl Who {
    fn facts(&self) -> Facts {
        Facts { devices: self.devices.values().copied().collect(), choice: self.choice, session: None }
    }
}

/// The seats of one hive, and how they were last told.
#[derive(Default)]
struct Sitting {
    sitters: HashMap<UserId, Sitter>,
    told: BTreeMap<UserId, Seat>,
    told_at: Option<Instant>,
}

struct Sitter {
    person: Person,
    goal: Option<Goal>,
    devices: HashSet<DeviceKey>,
}

impl Presence {
    /// Takes a seat. Entering twice, from two tabs or devices, is one seat.
    pub fn enter(&self, by: Member, hive: HiveId, sitter: store::Sitter, now: Moment) {
        if !sitter.shown {
            return;
        }
        let mut here = self.lock();
        let who = here.people.entry(by.id).or_default();
        who.choice = sitter.choice;
        who.devices.entry(key(by)).or_insert(Device { active: true, heard_at: now }).heard_at = now;
        let seats = &mut here.hives.entry(hive).or_default().sitters;
        let seat = seats.entry(by.id).or_insert_with(|| Sitter {
            person: sitter.person,
            goal: sitter.goal,
            devices: HashSet::new(),
        });
        seat.devices.insert(key(by));
        drop(here);
        self.changed.notify_one();
    }

    /// Gives the seat up on this device; it is empty once none is left in it.
    pub fn exit(&self, by: Member, hive: HiveId) {
        let mut here = self.lock();
        if let Some(sitting) = here.hives.get_mut(&hive)
            && let Some(sitter) = sitting.sitters.get_mut(&by.id)
        {
            sitter.devices.remove(&key(by));
            if sitter.devices.is_empty() {
                sitting.sitters.remove(&by.id);
            }
        }
        drop(here);
        self.changed.notify_one();
    }

    /// Whatever their devices say, they are not in that hive any more.
    pub fn remove(&self, hive: HiveId, user: UserId) {
        if let Some(sitting) = self.lock().hives.get_mut(&hive) {
            sitting.sitters.remove(&user);
        }
        self.changed.notify_one();
    }

    /// They signed out, or were: nothing of them is left anywhere.
    pub fn forget(&self, user: UserId, ended: impl Fn(SessionId) -> bool) {
        let of_session = |device: &DeviceKey| ended(device.0);
        let mut here = self.lock();
        if let Some(who) = here.people.get_mut(&user) {
            who.devices.retain(|device, _| !of_session(device));
        }
        for sitting in here.hives.values_mut() {
            if let Some(sitter) = sitting.sitters.get_mut(&user) {
                sitter.devices.retain(|device| !of_session(device));
                if sitter.devices.is_empty() {
                    sitting.sitters.remove(&user);
                }
            }
        }
        drop(here);
        self.changed.notify_one();
    }

    /// A device is there.
    pub fn beat(&self, by: Member, active: bool, now: Moment) {
        let mut here = self.lock();
        let who = here.people.entry(by.id).or_default();
        let before = who.devices.insert(key(by), Device { active, heard_at: now });
        drop(here);
        if before.is_none_or(|before| before.active != active) {
            self.changed.notify_one();
        }
    }

    pub fn set_choice(&self, user: UserId, choice: Option<Choice>) {
        self.lock().people.entry(user).or_default().choice = choice;
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

    /// Tells what changed since it was last told, in hives whose turn it is.
    fn tell(&self, hub: &Hub, now: Moment, instant: Instant) {
        let mut here = self.lock();
        let Here { people, hives } = &mut *here;
        let mut told = Vec::new();
        for (hive, sitting) in &mut *hives {
            if sitting.told_at.is_some_and(|at| instant.duration_since(at) < EVERY) {
                continue;
            }
            let difference = sitting.update(people, now);
            if !difference.is_empty() {
                sitting.told_at = Some(instant);
                let event = Event::PresenceChanged(difference);
                told.push(Published::volatile(Topic::HiveLive(*hive), now, &event, None));
            }
        }
        hives.retain(|_, sitting| !sitting.sitters.is_empty() || !sitting.told.is_empty());
        drop(here);
        hub.publish(told);
    }

    /// Forgets devices that have been silent for longer than any seat outlives them.
    fn sweep(&self, now: Moment) {
        let mut here = self.lock();
        for who in here.people.values_mut() {
            who.devices.retain(|_, device| now.since(device.heard_at) <= LEASE + GRACE);
        }
        here.people.retain(|_, who| !who.devices.is_empty());
    }

    fn lock(&self) -> MutexGuard<'_, Here> {
        self.here.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sitting {
    /// Brings what is told up to now; the answer is what changed.
    fn update(&mut self, people: &HashMap<UserId, Who>, now: Moment) -> Difference {
        let state = |user: &UserId| people.get(user).map_or(State::Offline, |who| who.facts().state(now));
        self.sitters.retain(|user, _| people.contains_key(user));
        let mut difference = Difference::default();
        for (user, sitter) in &self.sitters {
            let state = state(user);
            let told = self.told.get(user);
            if state != State::Offline && told.is_none_or(|told| told.state != state || told.goal != sitter.goal) {
                difference.here.push(Seat { person: sitter.person.clone(), state, goal: sitter.goal.clone() });
            }
        }
        let there = |user: &UserId| self.sitters.contains_key(user) && state(user) != State::Offline;
        difference.gone = self.told.keys().filter(|user| !there(user)).copied().collect();
        difference.here.sort_by_key(|seat| seat.person.id);
        difference.clone().apply(&mut self.told);
        difference
    }
}

fn key(by: Member) -> DeviceKey {
    (by.session, by.connection)
}

/// Tells what changes as it changes, and looks after leases.
pub async fn keep(presence: Presence, hub: Hub, clock: Clock, stop: CancellationToken) {
    let mut every = tokio::time::interval(SWEEP);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = presence.changed.notified() => {}
            _ = every.tick() => presence.sweep(clock.now()),
        }
        presence.tell(&hub, clock.now(), Instant::now());
    }
}

/// Chooses what others see, on every device.
pub async fn set_choice(services: &Services, by: Member, choice: Option<Choice>) -> Result<(), Failure> {
    store::set_choice(&services.db, by.id, choice).await?;
    services.presence.set_choice(by.id, choice);
    Ok(())
}

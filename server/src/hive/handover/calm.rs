//! Hives that need no looking at: a host is heard there, or none ever was, and the same people sit in
//! them as when they were looked at last. Ranks change without a seat changing, so all of this is
//! forgotten once a minute.

use std::collections::{HashMap, HashSet};

use focushive::{
    Moment,
    hive::{GONE, Sitting},
    id::{HiveId, UserId},
};
use time::Duration;

use crate::presence::Seated;

const ANEW: Duration = Duration::minutes(1);

#[derive(Default)]
pub struct Calm {
    hives: HashMap<HiveId, Known>,
    begun_at: Option<Moment>,
}

struct Known {
    people: HashSet<UserId>,
    hosts: HashSet<UserId>,
}

impl Calm {
    /// Whether everything is to be looked at anew; then nothing is calm any more.
    pub(super) fn is_stale(&mut self, now: Moment) -> bool {
        let stale = self.begun_at.is_none_or(|begun| now.since(begun) >= ANEW);
        if stale {
            *self = Self { hives: HashMap::new(), begun_at: Some(now) };
        }
        stale
    }

    pub(super) fn is_calm(&self, hive: HiveId, seated: &[Seated], now: Moment) -> bool {
        let Some(Known { people, hosts }) = self.hives.get(&hive) else { return false };
        let same = people.len() == seated.len() && seated.iter().all(|one| people.contains(&one.user));
        let hosted = || seated.iter().any(|one| hosts.contains(&one.user) && now.since(one.heard_at) < GONE);
        same && (hosts.is_empty() || hosted())
    }

    /// How a hive stands now that it was looked at: who sits in it, where all is calm.
    pub(super) fn note(&mut self, hive: HiveId, seated: Option<&Vec<Seated>>, sitting: &[Sitting]) {
        let hosts = sitting.iter().filter(|one| one.is_host()).map(|one| one.user).collect();
        match seated {
            Some(seated) => {
                let people = seated.iter().map(|one| one.user).collect();
                self.hives.insert(hive, Known { people, hosts });
            }
            None => drop(self.hives.remove(&hive)),
        }
    }

    /// Hives that nobody sits in any more are looked at anew when somebody does.
    pub(super) fn forget(&mut self, seated: &HashMap<HiveId, Vec<Seated>>) {
        self.hives.retain(|hive, _| seated.contains_key(hive));
    }
}

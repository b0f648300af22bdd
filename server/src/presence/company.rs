//! Who is there of those one shares a hive with, wherever they are: told on `presence`, to each what
//! concerns them. While nobody listens nothing of this is kept.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    time::Duration,
};

use focushive::{
    Moment,
    caller::Member,
    id::{HiveId, UserId},
    presence::{Choice, Difference, Seat, Session, State},
    protocol::{Event, Topic},
    timer::Lane,
    user::Person,
};
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use super::{
    EVERY, EVERY_OF_MANY, Here, MANY, Presence,
    sitting::{is_silent, rolled},
    store,
};
use crate::{
    clock::Clock,
    failure::Failure,
    hub::{Hub, Merge, Published},
    services::Services,
};

/// Somebody, and the hives they share with others.
pub struct Fellow {
    pub person: Person,
    pub choice: Option<Choice>,
    /// Whether they let themselves be seen at all.
    pub shown: bool,
    pub hives: BTreeSet<HiveId>,
}

#[derive(Default)]
pub(super) struct Company {
    fellows: HashMap<UserId, Fellow>,
    /// Those of each hive.
    hives: HashMap<HiveId, HashSet<UserId>>,
    told: BTreeMap<UserId, Seat>,
    /// What is known of them is not so any more.
    stale: HashSet<UserId>,
}

/// What some people are told.
type Word = (HashSet<UserId>, Difference);

impl Company {
    /// Something of them is another now.
    pub fn look_again(&mut self, user: UserId) {
        self.stale.insert(user);
    }

    /// Whoever shares one of these hives.
    fn around<'a>(&self, hives: impl IntoIterator<Item = &'a HiveId>) -> HashSet<UserId> {
        hives.into_iter().filter_map(|hive| self.hives.get(hive)).flatten().copied().collect()
    }

    fn put(&mut self, user: UserId, fellow: Fellow) {
        for hive in &fellow.hives {
            self.hives.entry(*hive).or_default().insert(user);
        }
        self.fellows.insert(user, fellow);
    }

    fn take(&mut self, user: UserId) -> Option<Fellow> {
        let fellow = self.fellows.remove(&user)?;
        for hive in &fellow.hives {
            if let Some(members) = self.hives.get_mut(hive) {
                members.remove(&user);
                if members.is_empty() {
                    self.hives.remove(hive);
                }
            }
        }
        Some(fellow)
    }

    /// They are in other hives than before: those who are with them now, and those who are not any
    /// more, hear of each other.
    fn moved(&self, user: UserId, before: &HashSet<UserId>) -> Vec<Word> {
        let after = self.fellows.get(&user).map(|fellow| self.around(&fellow.hives)).unwrap_or_default();
        let others = |of: &HashSet<UserId>, than: &HashSet<UserId>| -> HashSet<UserId> {
            of.difference(than).copied().filter(|other| *other != user).collect()
        };
        let (joined, left) = (others(&after, before), others(before, &after));
        let seat = self.told.get(&user).cloned();
        let own = Difference {
            here: joined.iter().filter_map(|other| self.told.get(other).cloned()).collect(),
            gone: left.iter().filter(|other| self.told.contains_key(other)).copied().collect(),
        };
        let gone = seat.iter().map(|_| user).collect();
        let here = seat.into_iter().collect();
        vec![
            (HashSet::from([user]), own),
            (joined, Difference { here, gone: Vec::new() }),
            (left, Difference { here: Vec::new(), gone }),
        ]
    }

    /// From what was told to what is: one word to all who share the same hives.
    fn update(&mut self, now: BTreeMap<UserId, Seat>) -> Vec<Word> {
        let Difference { here, gone } = Difference::between(&self.told, &now);
        let mut words: BTreeMap<Vec<HiveId>, Difference> = BTreeMap::new();
        let hives = |user: &UserId| -> Vec<HiveId> {
            self.fellows.get(user).map(|fellow| fellow.hives.iter().copied().collect()).unwrap_or_default()
        };
        for seat in here {
            words.entry(hives(&seat.person.id)).or_default().here.push(seat);
        }
        for user in gone {
            words.entry(hives(&user)).or_default().gone.push(user);
        }
        self.told = now;
        words.into_iter().map(|(hives, word)| (self.around(&hives), word)).collect()
    }
}

impl Presence {
    /// Something of them is another now: their hives, their name, or what they show.
    pub fn look_again(&self, user: UserId) {
        self.lock().company.look_again(user);
    }

    /// Of those who are there or listen, whom nothing is known of; and of whom not how it is by now.
    fn unknown(&self, listening: Vec<UserId>) -> Vec<UserId> {
        let mut here = self.lock();
        let mut unknown = std::mem::take(&mut here.company.stale);
        let all = here.people.keys().copied().chain(listening);
        unknown.extend(all.filter(|user| !here.company.fellows.contains_key(user)));
        unknown.into_iter().collect()
    }

    /// What was found of those who were asked about.
    fn meet(&self, asked: &[UserId], found: Vec<(UserId, Fellow)>) -> Vec<Word> {
        let mut here = self.lock();
        let mut found: HashMap<UserId, Fellow> = found.into_iter().collect();
        let mut words = Vec::new();
        for user in asked {
            let before = here.company.take(*user);
            let around = before.as_ref().map(|before| here.company.around(&before.hives)).unwrap_or_default();
            let after = found.remove(user);
            let same = before.as_ref().map(|before| &before.hives) == after.as_ref().map(|after| &after.hives);
            // What was chosen meanwhile stands above what was found.
            let chose = here.company.stale.contains(user);
            if let (Some(after), Some(who), false) = (&after, here.people.get_mut(user), chose) {
                who.choice = after.choice;
            }
            if let Some(after) = after {
                here.company.put(*user, after);
            }
            if before.is_some() && !same {
                words.extend(here.company.moved(*user, &around));
            }
        }
        words
    }

    /// Tells everybody what changed among those they share a hive with.
    fn tell_company(&self, hub: &Hub, now: Moment) {
        let mut here = self.lock();
        let seats = here.company_now(now);
        let words = here.company.update(seats);
        let away: Vec<UserId> =
            here.company.fellows.keys().copied().filter(|user| !here.people.contains_key(user)).collect();
        for user in away {
            if !hub.is_heard_by(Topic::Presence, user) {
                here.company.take(user);
            }
        }
        drop(here);
        tell(hub, words, now);
    }

    /// Who is there of those that somebody shares a hive with, as it was last told.
    fn company_of(&self, user: UserId) -> Vec<Seat> {
        let here = self.lock();
        let Some(fellow) = here.company.fellows.get(&user) else { return Vec::new() };
        let around = here.company.around(&fellow.hives);
        here.company.told.iter().filter(|(user, _)| around.contains(user)).map(|(_, seat)| seat.clone()).collect()
    }
}

impl Here {
    /// Everybody who is there and lets themselves be seen.
    fn company_now(&self, now: Moment) -> BTreeMap<UserId, Seat> {
        let sessions = self.sessions(now);
        let seat = |(user, fellow): (&UserId, &Fellow)| {
            let who = self.people.get(user).filter(|_| fellow.shown)?;
            let state = who.facts(sessions.get(user).copied()).state(now);
            let seat = || Seat { person: fellow.person.clone(), state, goal: None };
            (state != State::Offline).then(|| (*user, seat()))
        };
        self.company.fellows.iter().filter_map(seat).collect()
    }

    /// The session that everybody is in. Of several, the one that wants to be left alone most.
    fn sessions(&self, now: Moment) -> HashMap<UserId, Session> {
        let mut sessions: HashMap<UserId, Session> = HashMap::new();
        let mut add = |user: UserId, session: Option<Session>| {
            if let Some(session) = session {
                sessions.entry(user).and_modify(|known| *known = known.over(session)).or_insert(session);
            }
        };
        for sitting in self.hives.values().filter(|sitting| sitting.timer.phase().is_some()) {
            let timer = rolled(&sitting.timer, now);
            for (user, sitter) in &sitting.sitters {
                let who = self.people.get(user);
                add(*user, who.and_then(|who| sitter.session(who, &timer, now)));
            }
        }
        for (user, who) in &self.people {
            if let Some(own) = who.own.as_ref().filter(|own| own.phase().is_some()) {
                let timer = rolled(own, now);
                add(*user, Lane::InStep.session(&timer).filter(|_| !is_silent(who, &timer, now)));
            }
        }
        sessions
    }
}

fn tell(hub: &Hub, words: Vec<Word>, now: Moment) {
    for (people, word) in words.into_iter().filter(|(_, word)| !word.is_empty()) {
        let event = Event::PresenceChanged(word);
        hub.publish_to(&people, Published::volatile(Topic::Presence, now, &event, Some(Merge::Presence)));
    }
}

/// Looks up whoever is not known, and then tells how everybody is.
async fn go_on(db: &PgPool, presence: &Presence, hub: &Hub, now: Moment) -> Result<(), sqlx::Error> {
    let _looking_up = presence.looking_up.lock().await;
    let asked = presence.unknown(hub.readers(Topic::Presence));
    if !asked.is_empty() {
        let found = store::fellows(db, &asked).await;
        if found.is_err() {
            asked.iter().for_each(|user| presence.look_again(*user));
        }
        let words = presence.meet(&asked, found?);
        tell(hub, words, now);
    }
    presence.tell_company(hub, now);
    Ok(())
}

/// For somebody who has begun to listen.
pub async fn of(services: &Services, by: Member) -> Result<Vec<Seat>, Failure> {
    go_on(&services.db, &services.presence, &services.hub, services.clock.now()).await?;
    Ok(services.presence.company_of(by.id))
}

/// Tells what changes, for as long as anybody listens.
pub async fn keep(presence: Presence, hub: Hub, clock: Clock, db: PgPool, stop: CancellationToken) {
    loop {
        let many = presence.lock().company.fellows.len() > MANY;
        let every: Duration = if many { EVERY_OF_MANY } else { EVERY };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(every) => {}
        }
        if !hub.is_heard(Topic::Presence) {
            presence.lock().company = Company::default();
        } else if let Err(failure) = go_on(&db, &presence, &hub, clock.now()).await {
            tracing::warn!(?failure, "who shares a hive with whom could not be looked up");
        }
    }
}

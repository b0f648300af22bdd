//! Control by consent: who may not touch a hive's clock proposes it to those whom it concerns. A
//! proposal lives for seconds, and so in memory: with the server it lapses, as it does in silence.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use focushive::{
    Fault, Moment,
    caller::Member,
    id::{HiveId, Key, UserId},
    protocol::{Event, Topic},
    timer::{Act, Answer, Done, Proposal, Proposed, VOTE},
};
use uuid::Uuid;

use super::{Place, carry_out, name_of, now, rolled, store};
use crate::{
    failure::Failure,
    hub::{Merge, Published},
    services::Services,
};

#[derive(Clone, Default)]
pub struct Votes {
    open: Arc<Mutex<HashMap<HiveId, Vote>>>,
}

struct Vote {
    proposal: Proposal,
    asked: HashSet<UserId>,
    answered: HashSet<UserId>,
}

impl Votes {
    /// What is asked in a hive right now.
    pub fn open(&self, hive: HiveId, now: Moment) -> Option<Proposal> {
        let mut open = self.lock();
        open.retain(|_, vote| vote.proposal.until > now);
        open.get(&hive).map(|vote| vote.proposal.clone())
    }

    /// Asks, unless something else is asked at that moment.
    fn ask(&self, hive: HiveId, vote: Vote, now: Moment) -> Result<(), Fault> {
        let mut open = self.lock();
        open.retain(|_, vote| vote.proposal.until > now);
        if open.contains_key(&hive) {
            return Err(Fault::conflict("something is proposed already: answer that first"));
        }
        open.insert(hive, vote);
        Ok(())
    }

    /// Counts an answer. What comes of it: done, dropped, or nothing yet.
    fn count(&self, by: UserId, ask: &Answer, decides: bool, now: Moment) -> Result<(Proposal, Option<bool>), Fault> {
        let mut open = self.lock();
        open.retain(|_, vote| vote.proposal.until > now);
        let over = || Fault::conflict("that is settled already");
        let vote = open.get_mut(&ask.hive).filter(|vote| vote.proposal.id == ask.proposal).ok_or_else(over)?;
        if !decides && !vote.asked.contains(&by) {
            return Err(Fault::Forbidden);
        }
        if vote.answered.insert(by) {
            vote.proposal.yes += u32::from(ask.yes);
        }
        let all = vote.asked.is_subset(&vote.answered);
        let passes = vote.proposal.passes() || (decides && ask.yes);
        let outcome = (passes || decides || all).then_some(passes);
        let proposal = vote.proposal.clone();
        if outcome.is_some() {
            open.remove(&ask.hive);
        }
        Ok((proposal, outcome))
    }

    fn take(&self, hive: HiveId) -> Option<Proposal> {
        self.lock().remove(&hive).map(|vote| vote.proposal)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<HiveId, Vote>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks those whom it concerns. With nobody else there, it is done at once.
pub async fn propose(
    services: &Services,
    by: Member,
    hive: HiveId,
    act: Act,
    stage: Option<u64>,
) -> Result<Done, Failure> {
    let now = now(services);
    let timer = rolled(services, Place::Hive(hive), store::find(&services.db, hive.0).await?, now);
    let mut asked: HashSet<UserId> = services.presence.concerned(hive, now).into_iter().collect();
    asked.insert(by.id);
    let proposal = Proposal {
        id: Key(Uuid::now_v7()),
        by: by.id,
        name: name_of(services, by.id).await?,
        stage: stage.or_else(|| act.is_of_a_phase().then(|| timer.stage())),
        act,
        until: now.after(VOTE),
        yes: 1,
        asked: u32::try_from(asked.len()).unwrap_or(u32::MAX),
    };
    if proposal.passes() {
        return carry_out(services, by.id, hive, proposal.act, proposal.stage).await;
    }
    let vote = Vote { proposal: proposal.clone(), asked, answered: HashSet::from([by.id]) };
    services.votes.ask(hive, vote, now)?;
    tell(services, hive, proposal.clone(), true);
    Ok(Done { timer, proposal: Some(proposal) })
}

/// One vote of somebody who was asked, or the word of a host, which decides.
pub async fn answer(services: &Services, by: Member, ask: Answer) -> Result<(), Failure> {
    let decides = super::member(services, by, ask.hive).await?.may(focushive::hive::Right::Conduct);
    let (proposal, outcome) = services.votes.count(by.id, &ask, decides, services.clock.now())?;
    // Whatever comes of doing it, it is asked no more.
    tell(services, ask.hive, proposal.clone(), outcome.is_none());
    if outcome == Some(true) {
        match carry_out(services, proposal.by, ask.hive, proposal.act, proposal.stage).await {
            // What it was meant for is over by the time they agree: it lapses.
            Err(Failure::Fault(Fault::Conflict { .. })) => {}
            done => drop(done?),
        }
    }
    Ok(())
}

/// A host did something: what was asked meanwhile is of no more use.
pub fn settled(services: &Services, hive: HiveId) {
    if let Some(proposal) = services.votes.take(hive) {
        tell(services, hive, proposal, false);
    }
}

fn tell(services: &Services, hive: HiveId, proposal: Proposal, open: bool) {
    let event = Event::TimerProposed(Box::new(Proposed { proposal, open }));
    let (topic, now) = (Topic::HiveLive(hive), services.clock.now());
    services.hub.publish(vec![Published::volatile(topic, now, &event, Some(Merge::Newest))]);
}

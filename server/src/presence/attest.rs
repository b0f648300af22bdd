//! What somebody's devices attest, stretch by stretch, until it is written: kept in memory between
//! two writings, so that a beat costs no SQL.

use focushive::{
    Moment,
    focus::{Attested, Was, hear},
    id::UserId,
    presence::LEASE,
    timer::{Lane, Timer},
};
use time::Duration;
use uuid::Uuid;

/// A stretch to be written, and whose it is.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    pub place: Uuid,
    pub user: UserId,
    pub attested: Attested,
}

/// One person's, at one clock.
#[derive(Default)]
pub struct Attesting {
    last: Option<Attested>,
    over: Vec<Attested>,
    written: Option<Attested>,
    /// What was found written, for as long as nothing was heard since.
    found: Option<Attested>,
}

impl Attesting {
    /// After a restart of ours, or of theirs: what was written is gone on with.
    pub fn going_on(last: Option<Attested>) -> Self {
        Self { last, over: Vec::new(), written: last, found: last }
    }

    /// Whether nothing is going on that a device could still go on with.
    pub fn is_lost(&self, now: Moment, longest: Duration) -> bool {
        self.last.is_none_or(|last| now.since(last.span.to) > longest)
    }

    /// A device was heard. Nobody is attested anything while no session is on.
    pub fn hear(&mut self, at: Moment, was: Option<Was>, outage: Duration) {
        let Some(was) = was else { return self.stop(at) };
        let (over, last) = hear(self.last, at, was, outage);
        // What was written when they were lost has faded already, and fades once.
        let faded = self.found.take().map(Attested::fading);
        self.over.extend(over.filter(|over| Some(*over) != faded));
        self.last = Some(last);
    }

    /// Here they stopped, and said so: what follows is another stretch, or none.
    pub fn stop(&mut self, at: Moment) {
        let Some(last) = self.last.take() else { return };
        let (over, still) = hear(Some(last), at, last.was, Duration::ZERO);
        self.over.push(over.unwrap_or(still));
    }

    /// They sat through up to an instant, though they last spoke a little before.
    pub fn reach(&mut self, at: Moment) {
        if let Some(last) = &mut self.last
            && at.since(last.span.to) <= LEASE
        {
            last.span.to = last.span.to.max(at);
        }
    }

    /// What goes on began earlier than it was said.
    pub fn begin_at(&mut self, from: Moment) {
        if let Some(last) = self.last.as_mut().filter(|last| last.span.from == last.span.to) {
            last.span.from = last.span.from.min(from);
        }
    }

    /// Nobody heard them again.
    pub fn lose(&mut self) {
        self.over.extend(self.last.take().map(Attested::fading));
    }

    /// What is to be written; the stretch that goes on is written again when it is longer.
    pub fn take(&mut self) -> Vec<Attested> {
        let mut taken = std::mem::take(&mut self.over);
        if self.last != self.written {
            taken.extend(self.last);
            self.written = self.last;
        }
        taken
    }
}

/// What time spent in a lane is, at a clock as it stands.
pub fn was(timer: &Timer, lane: Lane) -> Option<Was> {
    match lane {
        Lane::Overtime { .. } => Some(Was::Overtime),
        Lane::InStep => timer.is_focus().then_some(Was::There),
        Lane::Paused { .. } => timer.is_focus().then_some(Was::Paused),
        Lane::Flow { .. } => timer.is_focus().then_some(Was::Elsewhere),
        Lane::Out { .. } => None,
    }
}

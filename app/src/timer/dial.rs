//! One clock on a page: its facts as they were rendered, then as they change; and what it shows now.

use std::cell::Cell;

use focushive::{
    Moment,
    hive::Live as Snapshot,
    id::HiveId,
    protocol::Topic,
    timer::{Changed, Face, Lane, LaneChanged, Phase, Proposal, Proposed, Run, Sync, Timer, View, in_millis},
};
use leptos::{prelude::*, task::spawn_local};
use time::Duration;

use crate::{
    live::{self, Live, Told, clock},
    reader,
    ui::GoesOn,
    visit::Session,
};

/// How long the server's word on a boundary may take before it is missed.
const SAYS_SO_WITHIN: Duration = Duration::seconds(2);

thread_local! {
    /// The hive in whose session this tab takes part: its seat is kept on every page.
    static KEPT: Cell<Option<HiveId>> = const { Cell::new(None) };
}

/// Whether this tab is in a session of that hive.
pub fn keeps(hive: HiveId) -> bool {
    KEPT.get() == Some(hive)
}

#[derive(Clone, Copy)]
pub struct Dial {
    /// None for a clock of one's own.
    pub hive: Option<HiveId>,
    pub name: StoredValue<String>,
    pub timer: RwSignal<Timer>,
    pub lane: RwSignal<Lane>,
    pub proposal: RwSignal<Option<Proposal>>,
    rendered: Moment,
    live: Live,
}

impl Dial {
    pub fn new(hive: Option<HiveId>, name: String, view: View) -> Self {
        Self {
            hive,
            name: StoredValue::new(name),
            timer: RwSignal::new(view.timer),
            lane: RwSignal::new(view.lane),
            proposal: RwSignal::new(view.proposal),
            rendered: view.now,
            live: Live::get(),
        }
    }

    /// What time it is; followed, it says so every second.
    pub fn now(self) -> Moment {
        self.live.now.get().unwrap_or(self.rendered)
    }

    /// As it is by now. What follows a boundary is known here before the server says so.
    pub fn rolled(self) -> Timer {
        let now = self.now();
        let mut timer = self.timer.get();
        timer.roll(now, None);
        timer
    }

    pub fn face(self) -> Face {
        let now = self.now();
        self.rolled().face(now)
    }

    /// How it goes on by itself from where it is rendered.
    pub fn goes_on(self) -> Option<GoesOn> {
        match untrack(move || self.face()) {
            Face::Down { left, whole, .. } => Some(GoesOn::Down { left: in_millis(left), whole: in_millis(whole) }),
            Face::Up { worked } => Some(GoesOn::Up { worked: in_millis(worked) }),
            Face::Ready { .. } | Face::Held { .. } => None,
        }
    }

    pub fn phase(self) -> Memo<Option<Phase>> {
        Memo::new(move |_| self.rolled().phase())
    }

    /// Whether the phase it shows is one that only this device has reckoned, with nobody to ask.
    pub fn waits_for_word(self) -> Memo<bool> {
        Memo::new(move |_| {
            let rolled = self.rolled();
            let ahead = self.timer.with(|timer| timer.run != rolled.run);
            let since = match rolled.run {
                Run::Waiting { since, .. } => Some(since),
                _ => rolled.started_at(),
            };
            ahead && !self.live.is_connected() && since.is_some_and(|since| self.now().since(since) > SAYS_SO_WITHIN)
        })
    }

    pub fn in_lane(self) -> Lane {
        self.lane.get().at(&self.rolled(), self.now())
    }

    /// Newer facts; older ones come late and are nothing new.
    pub fn take(self, timer: Timer) {
        if timer.revision >= self.timer.with_untracked(|known| known.revision) {
            self.timer.set(timer);
        }
    }

    /// Whether what happens to the clock now concerns one: not while the others focus and one does not.
    pub fn with_the_others(self) -> bool {
        let timer = self.rolled();
        !timer.is_focus() || self.in_lane().counts(&timer)
    }

    /// Follows what happens. Only in the browser: call it in an effect.
    pub fn watch(self) {
        clock::guess(self.rendered);
        let _ = self.live.now.try_set(Some(clock::now()));
        let aligned = clock::Aligned::owned();
        Effect::new(move || {
            aligned.to(self.timer.with(Timer::wakes_at));
            let takes_part =
                self.timer.with(|timer| timer.phase().is_some()) && !matches!(self.lane.get(), Lane::Out { .. });
            if takes_part {
                KEPT.set(self.hive);
            } else if self.hive.is_some_and(keeps) {
                KEPT.set(None);
            }
        });
        self.follow();
        let Some(me) = Session::get().me.with_untracked(|me| me.as_ref().map(|me| me.id)) else { return };
        live::listen(Topic::User(me), None, move |told| {
            if matches!(told, Told::Joined { .. } | Told::Reset { .. }) {
                self.look_again();
            }
            if let Some(changed) = told.event::<Changed>("timer.changed").filter(|changed| changed.hive == self.hive) {
                self.take(changed.timer);
            }
            if let Some(changed) =
                told.event::<LaneChanged>("lane.changed").filter(|changed| Some(changed.hive) == self.hive)
            {
                self.lane.set(changed.lane);
            }
        });
    }

    /// Asks how it stands: nobody told this page what happened before it began to listen.
    fn look_again(self) {
        let hive = self.hive;
        spawn_local(async move {
            if let Ok(view) = live::call(Sync { hive }).await
                && self.timer.try_with_untracked(|known| view.timer.revision >= known.revision) == Some(true)
            {
                let _ = self.timer.try_set(view.timer);
                let _ = self.lane.try_set(view.lane);
                let _ = self.proposal.try_set(view.proposal);
            }
        });
    }

    /// Follows a hive's facts alone, for what stands beside its clock.
    pub fn follow(self) {
        if let Some(hive) = self.hive {
            live::listen(Topic::HiveLive(hive), None, move |told| self.hear(told));
        }
    }

    fn hear(self, told: Told) {
        if let Told::Joined { snapshot: Some(snapshot) } = told {
            if let Ok(snapshot) = reader::read::<Snapshot>(snapshot) {
                self.timer.set(snapshot.timer);
                self.proposal.set(snapshot.proposal);
            }
            return;
        }
        if let Some(changed) = told.event::<Changed>("timer.changed") {
            self.take(changed.timer);
        }
        if let Some(proposed) = told.event::<Proposed>("timer.proposed") {
            self.proposal.set(proposed.open.then_some(proposed.proposal));
        }
    }
}

/// The state that colours a clock.
pub const fn tint(phase: Option<Phase>) -> &'static str {
    match phase {
        Some(Phase::Focus | Phase::Flow) => "focus",
        Some(Phase::ShortBreak | Phase::LongBreak) => "break",
        None => "still",
    }
}

/// How long something is, in words: `25 min`, `1 h 30 min`.
pub fn minutes(duration: Duration) -> String {
    let minutes = (duration.whole_seconds() + 30) / 60;
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

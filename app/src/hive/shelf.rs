//! The hives one can see, for the lobby and the rail: asked once a page, and again when something
//! about them happened, but never more often than a person can follow.

use std::time::Duration;

use focushive::{
    chat::Draft,
    hive::{Access, Card, List, Rank},
    id::{HiveId, UserId},
    protocol::Topic,
};
use leptos::prelude::*;

use crate::{
    backend::Asked,
    corner::Corner,
    live::{self, Live, Told},
    visit::Session,
};

/// Several things that happen at once are one reason to ask again.
const TOGETHER: Duration = Duration::from_millis(400);

/// Where much happens, it is asked this often, and goes on being asked: with the way there and back
/// the lobby is late by two seconds at most.
const EVERY: Duration = Duration::from_millis(1500);

/// What happens in a hive and is not seen on its card.
const NOT_ON_CARDS: [&str; 7] =
    ["chat.typing", "chat.edited", "chat.reacted", "chat.unreacted", "chat.pinned", "chat.unpinned", "timer.proposed"];

#[derive(Clone, Copy)]
pub struct Shelf {
    pub asked: Asked<List>,
    /// When it is about to be asked anyway, and when it last was.
    due_ms: StoredValue<Option<f64>>,
    asked_ms: StoredValue<f64>,
}

impl Shelf {
    /// The shelf of this tab; pages share it.
    pub fn get() -> Self {
        Corner::get(Self::new)
    }

    fn new() -> Self {
        Self { asked: Asked::new(List::default), due_ms: StoredValue::new(None), asked_ms: StoredValue::new(0.0) }
    }

    /// Every hive there is to see, once it is known.
    pub fn cards(self) -> Option<Vec<Card>> {
        self.asked.get().and_then(Result::ok)
    }

    /// One's own, as long as they are in use.
    pub fn mine(self) -> Option<Vec<Card>> {
        let cards = self.cards()?;
        Some(cards.into_iter().filter(|card| card.rank.is_some() && !card.hive.archived).collect())
    }

    /// Asks again soon. What happens until then is the same question, and does not put it off.
    pub fn stale(self) {
        let gone = Duration::from_secs_f64((js_sys::Date::now() - self.asked_ms.get_value()).max(0.0) / 1000.0);
        self.ask_in(TOGETHER.max(EVERY.saturating_sub(gone)));
    }

    /// Unless it is asked sooner anyway.
    fn ask_in(self, wait: Duration) {
        let due_ms = js_sys::Date::now() + wait.as_secs_f64() * 1000.0;
        if self.due_ms.get_value().is_some_and(|known| known <= due_ms) {
            return;
        }
        self.due_ms.set_value(Some(due_ms));
        let ask = move || {
            if self.due_ms.get_value() == Some(due_ms) {
                self.due_ms.set_value(None);
                self.asked_ms.set_value(js_sys::Date::now());
                self.asked.again();
            }
        };
        set_timeout(ask, wait);
    }

    /// What happens to one's parts, to what one has read, and in the hives themselves.
    /// Only in the browser: call it in an effect.
    pub fn watch(self) {
        let Some(me) = Session::get().me.with(|me| me.as_ref().map(|me| me.id)) else { return };
        let hives = RwSignal::new(Vec::new());
        let known_drafts = StoredValue::new(Vec::new());
        let known = StoredValue::new(Vec::new());
        Effect::new(move || {
            let cards = self.cards().unwrap_or_default();
            known_drafts.set_value(cards.iter().filter(|card| card.drafted).map(|card| card.hive.id).collect());
            let now: Vec<_> = cards.iter().map(|card| (card.hive.id, card.rank, card.hive.access)).collect();
            if known.with_value(|known| *known != now) {
                known.set_value(now.clone());
                hives.set(now);
            }
        });
        self.watch_own(me, known_drafts);
        Effect::new(move || {
            for (hive, rank, access) in hives.get() {
                self.watch_hive(hive, rank, access);
            }
        });
        self.watch_link();
    }

    fn watch_own(self, me: UserId, known_drafts: StoredValue<Vec<HiveId>>) {
        live::listen(Topic::User(me), None, move |told| {
            // What one does oneself, and does seldom, is there at once on every device.
            if told.may_be(&["part.changed", "read.changed"]) {
                self.ask_in(TOGETHER);
            }
            // A draft that grows is told with each pause; only that there is one is shown.
            if let Some(draft) = told.event::<Draft>("draft.changed").filter(|draft| draft.message.is_none()) {
                let shown = known_drafts.with_value(|known| known.contains(&draft.hive));
                if shown != draft.text.is_some() {
                    self.stale();
                }
            }
        });
        live::listen(Topic::Presence, None, move |told| {
            if told.may_be(&["lobby.changed"]) {
                self.stale();
            }
        });
    }

    fn watch_hive(self, hive: HiveId, rank: Option<Rank>, access: Access) {
        let again = move |told: Told| {
            if matches!(told, Told::Event { .. } | Told::Reset { .. }) && !told.is(&NOT_ON_CARDS) {
                self.stale();
            }
        };
        if access.is_open(rank) {
            live::listen(Topic::HiveLive(hive), None, again);
        }
        if rank.is_some() {
            live::listen(Topic::Hive(hive), None, again);
        }
    }

    /// What happened while nobody listened is asked for, not guessed.
    fn watch_link(self) {
        let link = Live::get();
        Effect::new(move |before: Option<bool>| {
            let connected = link.is_connected();
            if connected && before == Some(false) {
                self.stale();
            }
            connected
        });
    }
}

//! What this tab knows of the bell: asked once, and kept up to date by what happens. Every place
//! that shows a count reads it here.

use focushive::{
    notification::{Bell, Count, Digest, LookBell, LookDigest, New, Quiet, ReadThere, Row, Why},
    protocol::Topic,
};
use leptos::{prelude::*, task::spawn_local};
use time::Duration;

use crate::{
    backend::Asked,
    corner::Corner,
    live::{self, Live, Told},
    timer,
    visit::Session,
};

/// The server says itself when it is quiet no more; where nothing comes, the clock says so this
/// much later.
const SAYS_SO_WITHIN: Duration = Duration::seconds(2);

#[derive(Clone, Copy)]
pub struct BellState {
    pub asked: Asked<LookBell>,
    pub missed: Asked<LookDigest>,
    /// As it was last told; nothing before anything was.
    bell: RwSignal<Option<Bell>>,
    /// What was missed, as it was last told.
    digest: RwSignal<Option<Option<Digest>>>,
    /// The rows of the panel or of the page, whichever is open.
    pub rows: RwSignal<Option<Vec<Row>>>,
    /// How many came since these rows were asked for.
    pub late: RwSignal<u32>,
    /// How often the link came up: what came in while it was away is in no event.
    links: RwSignal<u32>,
}

impl BellState {
    /// One for the tab; pages share it.
    pub fn get() -> Self {
        Corner::get(Self::new)
    }

    fn new() -> Self {
        Self {
            asked: Asked::new(|| LookBell {}),
            missed: Asked::new(|| LookDigest {}),
            bell: RwSignal::new(None),
            digest: RwSignal::new(None),
            rows: RwSignal::new(None),
            late: RwSignal::new(0),
            links: RwSignal::new(0),
        }
    }

    /// How the bell stands, once it is known. To be read where a page waits for answers, or in effects.
    pub fn bell(self) -> Option<Bell> {
        self.bell.get().or_else(|| self.asked.get().and_then(Result::ok))
    }

    pub fn quiet(self) -> Option<Quiet> {
        self.bell().and_then(|bell| bell.quiet)
    }

    /// Whether one is at work, as far as this tab was told: to be read anywhere.
    pub fn is_focus(self) -> bool {
        self.bell.get().and_then(|bell| bell.quiet).is_some_and(|quiet| quiet.why == Why::Focus)
    }

    /// How many are shown to wait: none while it is quiet.
    pub fn shown(self) -> Count {
        self.bell().filter(|bell| bell.quiet.is_none()).map(|bell| bell.count).unwrap_or_default()
    }

    /// What one missed: not while it is quiet again.
    pub fn digest(self) -> Option<Digest> {
        if self.quiet().is_some() {
            return None;
        }
        self.digest.get().unwrap_or_else(|| self.missed.get().and_then(Result::ok).flatten())
    }

    /// Asks for the rows that are shown once more whenever the link was away. Only in the browser:
    /// call it in an effect.
    pub fn refresh(self, ask: impl Fn() + 'static) {
        Effect::new(move |known: Option<u32>| {
            let links = self.links.get();
            if known.is_some_and(|known| known > 0) {
                ask();
            }
            links
        });
    }

    pub fn set(self, bell: Bell) {
        let _ = self.bell.try_set(Some(bell));
    }

    pub fn forget_digest(self) {
        let _ = self.digest.try_set(Some(None));
    }

    /// Only in the browser: call it in an effect.
    pub fn watch(self) {
        Effect::new(move || {
            if let Some(Ok(bell)) = self.asked.get()
                && self.bell.with_untracked(Option::is_none)
            {
                self.set(bell);
            }
        });
        let now = Live::get().now;
        Effect::new(move || {
            let Some(now) = now.get() else { return };
            let is_over = |quiet: &Quiet| quiet.until.is_some_and(|until| now.since(until) > SAYS_SO_WITHIN);
            if let Some(bell) = self.bell.get_untracked().filter(|bell| bell.quiet.as_ref().is_some_and(is_over)) {
                self.set(Bell { quiet: None, held: 0, ..bell });
            }
        });
        let session = Session::get();
        let Some(me) = session.me.with(|me| me.as_ref().map(|me| me.id)) else { return };
        let device = session.of(|visit| visit.device);
        live::listen(Topic::User(me), None, move |told| {
            self.hear(&told);
            let rings = |new: &New| new.aloud && (new.device.is_none() || new.device == device);
            let is_old = now.get_untracked().is_some_and(|now| told.is_old(now));
            if !is_old && told.event::<New>("notification.new").as_ref().is_some_and(rings) {
                timer::ping();
            }
        });
    }

    fn hear(self, told: &Told) {
        if matches!(told, Told::Joined { .. } | Told::Reset { .. }) {
            return self.look_again();
        }
        if let Some(new) = told.event::<New>("notification.new") {
            let known = self.rows.with_untracked(|rows| {
                rows.as_ref().is_some_and(|rows| rows.iter().any(|row| row.notification.id == new.notification.id))
            });
            if !known {
                self.late.update(|late| *late += 1);
            }
        }
        if let Some(read) = told.event::<ReadThere>("notification.read") {
            self.mark(&read);
        }
        if let Some(count) = told.event::<Count>("notification.count") {
            let before = self.bell.get_untracked().unwrap_or_default();
            self.set(Bell { count, ..before });
        }
        if let Some(bell) = told.event::<Bell>("bell.changed") {
            self.set(bell);
        }
        if let Some(digest) = told.event::<Option<Digest>>("digest.changed") {
            self.digest.set(Some(digest));
        }
    }

    /// Read there is read here.
    fn mark(self, read: &ReadThere) {
        self.rows.update(|rows| {
            for row in rows.iter_mut().flatten().filter(|row| read.notifications.contains(&row.notification.id)) {
                row.notification.read_at = read.read_at;
            }
        });
    }

    /// Something may have been missed: the server says how the bell stands.
    fn look_again(self) {
        let _ = self.links.try_update(|links| *links += 1);
        spawn_local(async move {
            if let Ok(bell) = live::call(LookBell {}).await {
                self.set(bell);
            }
            if let Ok(digest) = live::call(LookDigest {}).await {
                let _ = self.digest.try_set(Some(digest));
            }
        });
    }
}

//! Who visits: what the server knows before it renders, sent along with the page so that the
//! browser starts from the very same words.

use std::collections::BTreeMap;

use focushive::{
    account::Me,
    fault::Refusal,
    id::SessionId,
    setting::Registration,
    text::HouseName,
    theme::Theme,
    user::{Deed, Role},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{backend, reader};

/// The cookie that says in which hive this device was last.
pub const PLACE: &str = "place";

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Visit {
    pub me: Option<Me>,
    /// Which of their sign-ins this is.
    pub device: Option<SessionId>,
    /// What the house is called; nothing before it is set up.
    pub house: Option<HouseName>,
    pub registration: Registration,
    /// Goes along with every form.
    pub csrf: String,
    pub theme: Theme,
    pub sends_mail: bool,
    pub ui_page: bool,
    pub feedback: Option<Feedback>,
}

/// What became of the form that was sent to this page.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Feedback {
    /// Which form.
    pub does: String,
    pub refusal: Option<Refusal>,
    /// What was typed, without secrets.
    pub values: BTreeMap<String, String>,
    /// An answer that is shown once.
    pub answer: Option<Value>,
}

/// The visit as the UI holds it: what can change while a page is open is a signal.
#[derive(Clone, Copy)]
pub struct Session {
    pub me: RwSignal<Option<Me>>,
    pub theme: RwSignal<Theme>,
    visit: StoredValue<Visit>,
}

impl Session {
    /// Takes the visit from the server, or in the browser from the page.
    pub fn provide() -> Self {
        let visit = Self::shared();
        let session = Self {
            me: RwSignal::new(visit.me.clone()),
            theme: RwSignal::new(visit.theme),
            visit: StoredValue::new(visit),
        };
        provide_context(session);
        session
    }

    /// Travels in the page as a JSON value and is read like the answers to questions are, so that
    /// the browser needs one reader for both.
    fn shared() -> Visit {
        let from_server = backend::from_server::<Visit>;
        reader::read(SharedValue::<Value>::new(from_server).into_inner()).unwrap_or_default()
    }

    pub fn get() -> Self {
        use_context::<Self>().unwrap_or_else(Self::provide)
    }

    /// Something of the visit that stays as it is.
    pub fn of<T>(self, read: impl FnOnce(&Visit) -> T) -> T {
        self.visit.with_value(read)
    }

    /// The feedback to one form, if it was the one sent.
    pub fn feedback(self, does: &str) -> Option<Feedback> {
        self.of(|visit| visit.feedback.clone().filter(|feedback| feedback.does == does))
    }

    pub fn role(self) -> Role {
        self.me.with_untracked(|me| me.as_ref().map_or(Role::Member, |me| me.role))
    }

    pub fn may(self, deed: Deed) -> bool {
        self.me.with_untracked(|me| me.as_ref().is_some_and(|me| me.role.may(deed)))
    }
}

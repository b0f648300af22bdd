//! What a listener is told.

use focushive::Moment;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::reader;

/// What was told before that is no news.
const NEWS: time::Duration = time::Duration::seconds(10);

/// What a listener is told.
#[derive(Clone, Debug)]
pub enum Told {
    /// Listening has begun, or begun again, and nothing was missed.
    Joined { snapshot: Option<Value> },
    /// Too much was missed: forget what is there, this is how things stand.
    Reset { snapshot: Value, head: u64 },
    Event {
        name: String,
        data: Value,
        /// When it was told first; nothing for what is not kept.
        at: Option<Moment>,
    },
    /// It may not be listened to.
    Refused,
}

impl Told {
    /// The data of an event of this name. Each listener reads what it knows; what it does not know
    /// has happened all the same.
    pub fn event<T: DeserializeOwned>(&self, wanted: &str) -> Option<T> {
        match self {
            Self::Event { name, data, .. } if name == wanted => reader::read(data.clone()).ok(),
            _ => None,
        }
    }

    /// Whether it was told a while ago, and is told again.
    pub fn is_old(&self, now: Moment) -> bool {
        matches!(self, Self::Event { at: Some(at), .. } if now.since(*at) > NEWS)
    }

    /// Whether it is an event of one of these names.
    pub fn is(&self, wanted: &[&str]) -> bool {
        matches!(self, Self::Event { name, .. } if wanted.contains(&name.as_str()))
    }

    /// The same, or so much was missed that one of them may be among it.
    pub fn may_be(&self, wanted: &[&str]) -> bool {
        matches!(self, Self::Reset { .. }) || self.is(wanted)
    }
}

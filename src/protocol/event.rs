//! Everything that can happen, one line each. An event is a fact of the past: what it says does
//! not change, and it is written the same way for every reader.

use serde::{Deserialize, Serialize};

use crate::{account::Me, id::SessionId, user::Role};

macro_rules! events {
    ($($(#[$doc:meta])* $variant:ident: $name:literal, $data:ty;)*) => {
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "event", content = "data")]
        pub enum Event {
            $($(#[$doc])* #[serde(rename = $name)] $variant($data),)*
        }

        impl Event {
            pub const NAMES: &'static [&'static str] = &[$($name),*];

            pub const fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name),* }
            }
        }
    };
}

events! {
    /// On `user/{id}`: the account looks different now.
    AccountChanged: "account.changed", Box<Me>;
    /// On `user/{id}`: a sign-in ended; its device shows the sign-in page.
    SessionEnded:   "session.ended",   SessionEnded;
    /// On `user/{id}`: the role changed, and with it what may be done.
    RoleChanged:    "role.changed",    RoleChanged;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionEnded {
    pub session: SessionId,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleChanged {
    pub role: Role,
}

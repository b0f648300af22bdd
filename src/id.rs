//! The ids of everything that has one: a UUID with a type, so that no id is taken for another.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, SchemaFormat, Type},
};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map($name)
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let uuid = SchemaFormat::Custom("uuid".to_owned());
                ObjectBuilder::new().schema_type(Type::String).format(Some(uuid)).into()
            }
        }

        impl ToSchema for $name {}
    )*};
}

ids! {
    /// A person with an account.
    UserId;
    /// A department; a person belongs to at most one.
    SectorId;
    /// One sign-in on one device: a browser's session or an outside client's token family.
    SessionId;
    /// An invite link.
    InviteId;
    /// A version of somebody's picture.
    AvatarId;
    /// A room.
    HiveId;
    /// A rhythm that a hive keeps under a name.
    RhythmId;
    /// What somebody wrote in a hive.
    MessageId;
    /// Somebody's part in one focus phase.
    StintId;
    /// One thing somebody was told of.
    NotificationId;
    /// What was said to many at once.
    AnnouncementId;
    /// Made by the client for each write, so that sending it again is harmless.
    Key;
}

impl UserId {
    /// Nobody has this id: where people are named it stands for all who belong to the place.
    pub const EVERYBODY: Self = Self(Uuid::nil());
}

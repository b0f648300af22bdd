//! Everything that can happen, one line each. An event is a fact of the past: what it says does
//! not change, and it is written the same way for every reader.

use serde::{Deserialize, Serialize, Serializer};

use crate::{
    account::Me,
    chat::{Deleted, Draft, Edited, HeldChanged, Message, Pinned, Reacted, ReadState, Typing},
    focus::Recorded,
    hive::{Hive, Member, Membership},
    id::{HiveId, SessionId, UserId},
    notification::{Announced, Bell, Count, Digest, New, ReadThere},
    pair::{Sent, Unsent},
    presence::Difference,
    timer::{Changed, LaneChanged, Proposed},
    user::Role,
};

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

            /// Its data alone, written by whoever knows how.
            pub fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self { $(Self::$variant(data) => data.serialize(serializer)),* }
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
    /// On `user/{id}`: one's part in a hive began, changed or ended.
    PartChanged:    "part.changed",    PartChanged;
    /// On `user/{id}`: how far one has read somewhere.
    ReadChanged:    "read.changed",    ReadState;
    /// On `user/{id}`: what stands in a composer, for one's other devices.
    DraftChanged:   "draft.changed",   Draft;
    /// On `user/{id}`: somebody wrote to one alone, or one did.
    MessageNew:     "message.new",     Box<Sent>;
    /// On `user/{id}`: it is gone again.
    MessageDeleted: "message.deleted", Unsent;
    /// On `user/{id}`: a message that waits for the break.
    HeldChanged:    "held.changed",    Box<HeldChanged>;

    /// On `user/{id}`: something new in the bell.
    NotificationNew:   "notification.new",   Box<New>;
    /// On `user/{id}`: what was read there, or is unread again.
    NotificationRead:  "notification.read",  ReadThere;
    /// On `user/{id}`: how much waits in the bell now.
    NotificationCount: "notification.count", Count;
    /// On `user/{id}`, not kept: the bell keeps silent from now on, or no longer.
    BellChanged:       "bell.changed",       Bell;
    /// On `user/{id}`: what one missed while it was quiet; nothing once it is dismissed.
    DigestChanged:     "digest.changed",     Option<Digest>;

    /// On `user/{id}`: a session of one's own is over.
    FocusRecorded:  "focus.recorded",  Box<Recorded>;
    /// On `user/{id}`: how a hive's clock goes for one.
    LaneChanged:    "lane.changed",    LaneChanged;

    /// On `hive/{id}/live`, and of one's own clock on `user/{id}`.
    TimerChanged:   "timer.changed",   Box<Changed>;
    /// On `hive/{id}/live`: somebody would do something, if the others agree.
    TimerProposed:  "timer.proposed",  Box<Proposed>;

    /// On `hive/{id}`: its name, its settings, or whether it is archived.
    HiveChanged:    "hive.changed",    Box<Hive>;
    /// On `hive/{id}`: somebody became a member, or has another rank now, or is muted.
    MemberChanged:  "member.changed",  Box<Member>;
    MemberLeft:     "member.left",     MemberLeft;
    ChatCreated:    "chat.created",    Box<Message>;
    ChatEdited:     "chat.edited",     Edited;
    ChatDeleted:    "chat.deleted",    Deleted;
    /// It was deleted, and is there again, in its place.
    ChatRestored:   "chat.restored",   Box<Message>;
    ChatReacted:    "chat.reacted",    Reacted;
    ChatUnreacted:  "chat.unreacted",  Reacted;
    ChatPinned:     "chat.pinned",     Pinned;
    ChatUnpinned:   "chat.unpinned",   Pinned;

    /// On `hive/{id}/live`: who came, changed or went; on `presence` the same of all whom one shares a
    /// hive with, wherever they are.
    PresenceChanged: "presence.changed", Difference;
    Typing:          "chat.typing",      Typing;

    /// On `announcements`, `sector/{id}` or `admin`: something was said to all of them at once.
    AnnouncementMade: "announcement.made", Box<Announced>;

    /// On `presence`: some hive that everybody in the house sees is new, gone or different.
    LobbyChanged:    "lobby.changed",    LobbyChanged;
}

/// One's part in a hive; none once one is out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartChanged {
    pub hive: HiveId,
    pub me: Option<Membership>,
}

/// It does not say which: what somebody may see of it, they ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LobbyChanged {}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberLeft {
    pub user: UserId,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionEnded {
    pub session: SessionId,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleChanged {
    pub role: Role,
}

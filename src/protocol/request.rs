//! THE TABLE: everything one can ask, with its wire name and its answer, one line each.
//!
//! The wire name is the one word for a use case: the native command, the STOMP destination, the
//! Socket.IO event, the tracing span, the metric label and the rate-limit key.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};
use utoipa::ToSchema;

use crate::{account, chat, focus, hive, invite, member, notification, pair, presence, sector, setting, timer};

/// A request that knows its answer.
pub trait Ask: Sized + Serialize + DeserializeOwned + ToSchema {
    type Answer: DeserializeOwned + ToSchema;
    const NAME: &'static str;

    fn into_request(self) -> Request;

    /// The answer to this request, if the reply is one.
    fn answer(reply: Reply) -> Option<Self::Answer>;
}

macro_rules! requests {
    ($($variant:ident: $name:literal, $ask:ty => $answer:ty;)*) => {
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "do", content = "with")]
        pub enum Request {
            $(#[serde(rename = $name)] $variant($ask),)*
        }

        /// An answer on its way. Whoever asked knows its type, so only the answer is written.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Reply {
            $($variant($answer),)*
        }

        impl Request {
            pub const NAMES: &'static [&'static str] = &[$($name),*];

            pub const fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name),* }
            }

            /// Reads the request of that name from its fields; `None` if there is no such name.
            pub fn read<'de, D: Deserializer<'de>>(name: &str, fields: D) -> Option<Result<Self, D::Error>> {
                match name {
                    $($name => Some(<$ask>::deserialize(fields).map(Self::$variant)),)*
                    _ => None,
                }
            }
        }

        impl Serialize for Reply {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self { $(Self::$variant(answer) => answer.serialize(serializer)),* }
            }
        }

        $(impl Ask for $ask {
            type Answer = $answer;
            const NAME: &'static str = $name;

            fn into_request(self) -> Request {
                Request::$variant(self)
            }

            fn answer(reply: Reply) -> Option<Self::Answer> {
                if let Reply::$variant(answer) = reply { Some(answer) } else { None }
            }
        })*
    };
}

requests! {
    Look:           "account.look",            account::Look => account::Me;
    SetProfile:     "account.set_profile",     account::SetProfile => ();
    SetStatus:      "account.set_status",      account::SetStatus => ();
    SetDay:         "account.set_day",         account::SetDay => ();
    SetPrivacy:     "account.set_privacy",     account::Privacy => ();
    SetReadPolicy:  "account.set_read_policy", account::SetReadPolicy => ();
    SetEnterKey:    "account.set_enter_key", account::SetEnterKey => ();
    ChangePassword: "account.change_password", account::ChangePassword => ();
    VerifyEmail:    "account.verify_email",    account::VerifyEmail => ();
    ChangeEmail:    "account.change_email",    account::ChangeEmail => ();
    LookAddress:    "account.address",         account::LookAddress => account::Address;
    KeepEmail:      "account.keep_email",      account::KeepEmail => ();
    RemoveAvatar:   "account.remove_avatar",   account::RemoveAvatar => ();
    RemoveAccount:  "account.remove",          account::Remove => ();
    ListSessions:   "session.list",            account::ListSessions => Vec<account::Session>;
    RevokeSession:  "session.revoke",          account::RevokeSession => ();
    RevokeOthers:   "session.revoke_others",   account::RevokeOthers => ();

    CreateInvite:   "invite.create",           invite::Create => invite::Created;
    ListInvites:    "invite.list",             invite::List => Vec<invite::Invite>;
    WithdrawInvite: "invite.withdraw",         invite::Withdraw => ();
    OpenInvite:     "invite.open",             invite::Open => invite::Welcome;

    ListMembers:    "member.list",             member::List => member::Page;
    SetRole:        "member.set_role",         member::SetRole => ();
    SetSector:      "member.set_sector",       member::SetSector => ();
    Suspend:        "member.suspend",          member::Suspend => ();
    Restore:        "member.restore",          member::Restore => ();
    SignOutMember:  "member.sign_out",         member::SignOut => ();
    MakeResetLink:  "member.make_reset_link",  member::MakeResetLink => member::ResetLink;
    MakeAddressLink: "member.make_address_link", member::MakeAddressLink => member::ResetLink;
    ListAudit:      "audit.list",              member::ListAudit => Vec<member::AuditEntry>;

    ListSectors:    "sector.list",             sector::List => Vec<sector::Counted>;
    CreateSector:   "sector.create",           sector::Create => ();
    RenameSector:   "sector.rename",           sector::Rename => ();
    RemoveSector:   "sector.remove",           sector::Remove => ();

    LookSettings:   "setting.look",            setting::Look => setting::Settings;
    SetSettings:    "setting.set",             setting::Settings => ();

    CreateHive:     "hive.create",             hive::Create => hive::Hive;
    ListHives:      "hive.list",               hive::List => Vec<hive::Card>;
    FindPeople:     "hive.find_people",        hive::FindPeople => Vec<hive::Companion>;
    LookHive:       "hive.look",               hive::Look => hive::Room;
    SetHive:        "hive.set",                hive::Set => ();
    ArchiveHive:    "hive.archive",            hive::Archive => ();
    ReopenHive:     "hive.reopen",             hive::Reopen => ();
    JoinHive:       "hive.join",               hive::Join => ();
    LeaveHive:      "hive.leave",              hive::Leave => ();
    EnterHive:      "hive.enter",              hive::Enter => ();
    ExitHive:       "hive.exit",               hive::Exit => ();
    HiveMembers:    "hive.members",            hive::ListMembers => Vec<hive::Member>;
    SetRank:        "hive.set_rank",           hive::SetRank => ();
    MuteMember:     "hive.mute",               hive::Mute => ();
    BanMember:      "hive.ban",                hive::Ban => ();
    PardonMember:   "hive.pardon",             hive::Pardon => ();
    KickMember:     "hive.kick",               hive::Kick => ();
    ListBans:       "hive.bans",               hive::ListBans => Vec<hive::Banned>;
    InviteToHive:   "hive.invite",             hive::Invite => hive::InviteLink;
    ListLinks:      "hive.invites",            hive::ListLinks => Vec<hive::Link>;
    WithdrawLink:   "hive.withdraw",           hive::Withdraw => ();
    AcceptInvite:   "hive.accept",             hive::Accept => hive::Accepted;
    AcceptRules:    "hive.accept_rules",       hive::AcceptRules => ();
    AnswerOffer:    "hive.answer_offer",       hive::AnswerOffer => ();
    SetGoal:        "hive.set_goal",           hive::SetGoal => ();

    SendMessage:    "chat.send",               chat::Send => Box<chat::Message>;
    SendMessages:   "chat.send_all",           chat::SendAll => Vec<chat::Message>;
    EditMessage:    "chat.edit",               chat::Edit => ();
    DeleteMessage:  "chat.delete",             chat::Delete => ();
    RestoreMessage: "chat.restore",            chat::Restore => ();
    React:          "chat.react",              chat::React => ();
    Unreact:        "chat.unreact",            chat::Unreact => ();
    PinMessage:     "chat.pin",                chat::Pin => ();
    UnpinMessage:   "chat.unpin",              chat::Unpin => ();
    ListPins:       "chat.pins",               chat::ListPins => Vec<chat::Message>;
    ListEdits:      "chat.edits",              chat::ListEdits => Vec<chat::Version>;
    History:        "chat.history",            chat::History => chat::Page;
    Read:           "chat.read",               chat::Read => chat::ReadState;
    MarkUnread:     "chat.mark_unread",        chat::MarkUnread => chat::ReadState;
    LookReadState:  "chat.read_state",         chat::LookReadState => Option<chat::ReadState>;
    SayTyping:      "chat.typing",             chat::SayTyping => ();
    SetDraft:       "chat.set_draft",          chat::SetDraft => ();
    LookDraft:      "chat.draft",              chat::LookDraft => chat::Draft;
    HoldMessage:    "chat.hold",               chat::Hold => chat::Holding;
    ListHeld:       "chat.held",               chat::ListHeld => Vec<chat::Held>;
    EditHeld:       "chat.edit_held",          chat::EditHeld => ();
    DropHeld:       "chat.drop_held",          chat::DropHeld => ();
    SendHeld:       "chat.send_held",          chat::SendHeld => Box<chat::Message>;

    OpenPair:       "message.open",            pair::Open => pair::Opened;
    SendPrivately:  "message.send",            pair::Send => pair::Sent;

    SyncTimer:      "timer.sync",              timer::Sync => timer::View;
    StartTimer:     "timer.start",             timer::Start => timer::Done;
    PauseTimer:     "timer.pause",             timer::Pause => timer::Done;
    ResumeTimer:    "timer.resume",            timer::Resume => timer::Done;
    SkipTimer:      "timer.skip",              timer::Skip => timer::Done;
    StopTimer:      "timer.stop",              timer::Stop => timer::Done;
    ExtendTimer:    "timer.extend",            timer::Extend => timer::Done;
    SetTimer:       "timer.set",               timer::Set => timer::Done;
    ListRhythms:    "rhythm.list",             timer::ListSaved => Vec<timer::Saved>;
    SaveRhythm:     "rhythm.save",             timer::Save => timer::Saved;
    RenameRhythm:   "rhythm.rename",           timer::Rename => ();
    RemoveRhythm:   "rhythm.remove",           timer::Remove => ();
    PickRhythm:     "rhythm.pick",             timer::Pick => timer::Done;
    UndoTimer:      "timer.undo",              timer::Undo => timer::Done;
    AnswerProposal: "timer.answer",            timer::Answer => ();
    ChangeLane:     "timer.lane",              timer::Change => timer::Lane;
    OpenUp:         "timer.open_up",           timer::OpenUp => timer::Done;
    ListTimerActs:  "timer.acts",              timer::ListActs => Vec<timer::Did>;
    ListTimers:     "timer.mine",              timer::ListMine => Vec<timer::Mine>;

    FocusHistory:   "focus.history",           focus::History => focus::Page;
    FocusTotals:    "focus.totals",            focus::LookTotals => focus::Totals;
    FocusHouse:     "focus.house",             focus::LookHouse => focus::House;
    ExplainFocus:   "focus.explain",           focus::Explain => focus::Account;
    SetOutcome:     "focus.outcome",           focus::SetOutcome => ();
    CorrectFocus:   "focus.correct",           focus::Correct => ();
    NotePull:       "focus.note",              focus::Note => ();
    LookSignals:    "focus.signals",           focus::LookSignals => focus::Signals;
    SetSignals:     "focus.set_signals",       focus::Signals => ();

    ListNotified:   "notification.list",       notification::List => notification::Page;
    LookBell:       "notification.bell",       notification::LookBell => notification::Bell;
    ListPending:    "notification.pending",    notification::ListPending => notification::Pending;
    Delivered:      "notification.delivered",  notification::Delivered => ();
    ReadNotified:   "notification.read",       notification::Read => notification::Bell;
    ReadAll:        "notification.read_all",   notification::ReadAll => notification::Bell;
    UndoReadAll:    "notification.undo_read",  notification::UndoReadAll => notification::Bell;
    SeeNotified:    "notification.see",        notification::See => ();
    Remind:         "notification.remind",     notification::Remind => ();
    ListChoices:    "notification.choices",    notification::ListChoices => Vec<notification::Choice>;
    ChooseLevel:    "notification.choose",     notification::Choose => ();
    LessOf:         "notification.less",       notification::Less => notification::Choice;
    LookHours:      "quiet.look",              notification::LookHours => notification::Hours;
    SetSchedule:    "quiet.set",               notification::SetSchedule => ();
    Snooze:         "quiet.snooze",            notification::Snooze => notification::Bell;
    LookDigest:     "digest.look",             notification::LookDigest => notification::Missed;
    DismissDigest:  "digest.dismiss",          notification::DismissDigest => ();
    LookSummary:    "summary.look",            notification::LookSummary => notification::Summary;
    SetSummary:     "summary.set",             notification::SetSummary => ();
    Announce:       "announcement.send",       notification::Announce => ();
    ListAnnounced:  "announcement.list",       notification::ListAnnouncements => Vec<notification::Announcement>;
    LookPushKey:    "push.key",                notification::LookPushKey => notification::PushKey;
    Subscribe:      "push.subscribe",          notification::Subscribe => ();
    Unsubscribe:    "push.unsubscribe",        notification::Unsubscribe => ();

    Beat:           "presence.beat",           presence::Beat => ();
    SetChoice:      "presence.set",            presence::SetChoice => ();
    ListSeats:      "presence.list",           presence::ListSeats => Vec<presence::Seat>;
}

//! What the chat of one hive knows: the messages it holds, what waits to be sent, how far one has
//! read, and who is writing.

use std::{collections::BTreeMap, time::Duration};

use focushive::{
    Moment,
    chat::{Change, Held, Log, Message, Page, ReadState, TYPING_SHOWN, Typing},
    hive::Right,
    id::UserId,
    text::DraftText,
    timer::View,
};
use leptos::prelude::*;

use super::{
    coming::Coming,
    hush::{self, Hush},
    outbox::Pending,
    toggle::Toggles,
};
use crate::{hive::Here, live::Told, reader, timer::Dial, visit::Session};

/// The most messages a page holds; those at the far end give way, and are fetched again when wanted.
const MOST_ROWS: usize = 300;

/// As many are enough for whoever stands at the newest end: each new one moves all the others.
const ENOUGH_ROWS: usize = 100;

/// What a chat opens with.
#[derive(Clone, Debug)]
pub struct Opening {
    pub page: Option<Page>,
    pub read: Option<ReadState>,
    pub draft: Option<DraftText>,
    pub held: Vec<Held>,
    /// How the hive's clock stands.
    pub clock: Option<View>,
    /// The message that a link led to.
    pub target: Option<u64>,
}

/// A message as it is shown.
#[derive(Clone)]
pub struct Row {
    pub message: ArcRwSignal<Message>,
    /// The number of the one before it: of many, few have another one when something comes or goes.
    pub before: ArcRwSignal<Option<u64>>,
}

#[derive(Clone, Copy)]
pub struct Chat {
    pub here: Here,
    pub me: Option<UserId>,
    /// The numbers of the messages, in order.
    pub order: RwSignal<Vec<u64>>,
    rows: StoredValue<BTreeMap<u64, Row>>,
    log: StoredValue<Log>,
    pub earlier: RwSignal<bool>,
    pub later: RwSignal<bool>,
    pub read: RwSignal<Option<ReadState>>,
    /// The first message that was unread on entering; it stays while one is here.
    pub divider: RwSignal<Option<u64>>,
    /// Whether its line is out of sight, above what is seen, and whether it has been in sight yet.
    pub divider_above: RwSignal<bool>,
    pub divider_seen: StoredValue<bool>,
    /// One stands at the newest end of the list.
    pub at_end: RwSignal<bool>,
    /// The revision of one's reading on entering: a later marking as unread outdates it.
    pub revision: StoredValue<u32>,
    pub pending: RwSignal<Vec<Pending>>,
    /// What waits of one's own for the break.
    pub held: RwSignal<Vec<Held>>,
    pub dial: Option<Dial>,
    /// What stands in a composer elsewhere, as it was told last.
    pub drafted: RwSignal<Option<String>>,
    /// What another device has where it writes a message anew.
    pub rewritten: RwSignal<Option<(u64, String)>>,
    pub typing: RwSignal<Vec<(UserId, String)>>,
    pub replying: RwSignal<Option<u64>>,
    pub editing: RwSignal<Option<u64>>,
    /// Whose earlier versions one looks at.
    pub versions: RwSignal<Option<u64>>,
    pub target: RwSignal<Option<u64>>,
    /// From which number on events are new.
    pub head: StoredValue<u64>,
    /// Holds back what others do while one focuses.
    pub hush: Hush,
    coming: Coming,
    /// The page knows where it is, and what time it is there.
    pub awake: RwSignal<bool>,
    pub toggles: Toggles,
}

impl Chat {
    pub fn open(here: Here, opening: &Opening) -> Self {
        let me = Session::get().me.with_untracked(|me| me.as_ref().map(|me| me.id));
        let chat = Self {
            here,
            me,
            order: RwSignal::new(Vec::new()),
            rows: StoredValue::new(BTreeMap::new()),
            log: StoredValue::new(Log::default()),
            earlier: RwSignal::new(false),
            later: RwSignal::new(false),
            read: RwSignal::new(opening.read.clone()),
            divider: RwSignal::new(None),
            divider_above: RwSignal::new(false),
            divider_seen: StoredValue::new(false),
            at_end: RwSignal::new(true),
            revision: StoredValue::new(opening.read.as_ref().map_or(0, |read| read.revision)),
            pending: RwSignal::new(Vec::new()),
            held: RwSignal::new(opening.held.clone()),
            dial: opening.clock.clone().map(|clock| Dial::new(Some(here.id), String::new(), clock)),
            drafted: RwSignal::new(None),
            rewritten: RwSignal::new(None),
            typing: RwSignal::new(Vec::new()),
            replying: RwSignal::new(None),
            editing: RwSignal::new(None),
            versions: RwSignal::new(None),
            target: RwSignal::new(opening.target),
            head: StoredValue::new(opening.page.as_ref().map_or(0, |page| page.head)),
            hush: Hush::new(),
            coming: Coming::new(),
            awake: RwSignal::new(false),
            toggles: Toggles::new(),
        };
        if let Some(page) = &opening.page {
            chat.show(page.clone());
            // Where the first of them is not here, no line is drawn above another one.
            let here = |read_to| !untrack(|| chat.lies_before(read_to));
            let unread = opening.read.as_ref().filter(|read| read.unread > 0 && here(read.read_to));
            chat.divider.set(unread.and_then(|read| chat.first_unread(read.read_to)));
        }
        chat
    }

    /// Whether the page it was on is left: nothing of it may be touched after an answer that came late.
    pub fn is_gone(self) -> bool {
        self.pending.is_disposed()
    }

    /// The first message by somebody else after this number.
    pub fn first_unread(self, read_to: u64) -> Option<u64> {
        self.log.with_value(|log| {
            let after = log.messages.range(read_to.saturating_add(1)..);
            after.into_iter().find(|(_, message)| Some(message.author.id) != self.me).map(|(seq, _)| *seq)
        })
    }

    /// Whether something lies between what is read and the first message that is here.
    pub fn lies_before(self, read_to: u64) -> bool {
        self.earlier.get() && self.order.with(|order| order.first().is_some_and(|first| *first > read_to + 1))
    }

    /// How many messages by others there are from this one on.
    pub fn written_since(self, seq: u64) -> usize {
        self.order.track();
        self.log.with_value(|log| {
            log.messages.range(seq..).filter(|(_, message)| Some(message.author.id) != self.me).count()
        })
    }

    pub fn may(self, right: Right) -> bool {
        self.here.may(right)
    }

    pub fn row(self, seq: u64) -> Option<Row> {
        self.rows.with_value(|rows| rows.get(&seq).cloned())
    }

    /// When a message was written, and by whom.
    pub fn written(self, seq: u64) -> Option<(Moment, UserId)> {
        self.log.with_value(|log| log.messages.get(&seq).map(|message| (message.at, message.author.id)))
    }

    pub fn message(self, seq: u64) -> Option<Message> {
        self.log.with_value(|log| log.messages.get(&seq).cloned())
    }

    /// The newest message that one wrote oneself.
    pub fn last_own(self) -> Option<u64> {
        self.log.with_value(|log| {
            log.messages.values().rev().find(|message| Some(message.author.id) == self.me).map(|message| message.seq)
        })
    }

    /// Shows this page and nothing else. What stays is the same row.
    pub fn show(self, page: Page) {
        self.log.set_value(Log::default());
        self.earlier.set(page.earlier);
        self.later.set(page.later);
        self.add(page.messages);
        self.draw();
    }

    /// Adds older messages before those that are there.
    pub fn prepend(self, page: Page) {
        self.earlier.set(page.earlier);
        self.add(page.messages);
        if self.cut(MOST_ROWS, |log| drop(log.messages.pop_last())) {
            self.later.set(true);
        }
        self.draw();
    }

    /// Adds newer ones after them.
    pub fn append(self, page: Page) {
        self.later.set(page.later);
        self.add(page.messages);
        self.cut_oldest(MOST_ROWS);
        self.draw();
    }

    fn add(self, messages: Vec<Message>) {
        for message in messages {
            self.fold(Change::Created(Box::new(message)));
        }
    }

    fn cut_oldest(self, most: usize) {
        if self.cut(most, |log| drop(log.messages.pop_first())) {
            self.earlier.set(true);
        }
    }

    /// Whether there were too many.
    fn cut(self, most: usize, pop: impl Fn(&mut Log)) -> bool {
        let before = self.log.with_value(|log| log.messages.len());
        self.log.update_value(|log| {
            while log.messages.len() > most {
                pop(log);
            }
        });
        before > most
    }

    fn fold(self, change: Change) {
        self.log.update_value(|log| log.fold(change));
    }

    /// The rows that look different by now.
    fn draw(self) {
        self.log.with_value(|log| {
            self.rows.update_value(|rows| {
                rows.retain(|seq, _| log.messages.contains_key(seq));
                for (seq, message) in &log.messages {
                    match rows.get(seq) {
                        Some(row) if row.message.with_untracked(|shown| shown == message) => {}
                        Some(row) => row.message.set(message.clone()),
                        None => {
                            let message = ArcRwSignal::new(message.clone());
                            rows.insert(*seq, Row { message, before: ArcRwSignal::new(None) });
                        }
                    }
                }
            });
        });
        self.reorder();
    }

    fn reorder(self) {
        let order = self.log.with_value(|log| log.messages.keys().copied().collect::<Vec<_>>());
        if self.order.with_untracked(|known| *known == order) {
            return;
        }
        self.rows.with_value(|rows| {
            let mut before = None;
            for seq in &order {
                if let Some(row) = rows.get(seq).filter(|row| row.before.get_untracked() != before) {
                    row.before.set(before);
                }
                before = Some(*seq);
            }
        });
        self.order.set(order);
    }

    /// What is heard on the hive's topic.
    pub fn hear(self, told: Told) {
        match told {
            told @ Told::Event { .. } => {
                let change = change(&told);
                let now = |change| if hush::is_theirs(self, &change) { self.hush.keep(change) } else { Some(change) };
                if let Some(change) = change.and_then(now) {
                    self.coming.take(self, change);
                }
            }
            Told::Reset { snapshot, .. } => {
                if let Ok(page) = reader::read::<Page>(snapshot) {
                    self.hush.forget();
                    self.coming.forget();
                    self.show(page);
                }
            }
            Told::Joined { .. } | Told::Refused => {}
        }
    }

    /// What is heard on the live topic.
    pub fn hear_live(self, told: Told) {
        if let Some(typing) = told.event::<Typing>("chat.typing") {
            self.see_typing(typing);
        }
    }

    pub fn apply(self, change: Change) {
        self.apply_all(vec![change]);
    }

    /// All of them, drawn together.
    pub fn apply_all(self, changes: Vec<Change>) {
        for change in changes {
            if let Change::Created(message) = &change {
                self.arrived(message);
            }
            // What is beyond what is held is fetched when one comes to it, changed or not.
            let elsewhere = match &change {
                Change::Created(_) => self.later.get_untracked(),
                Change::Restored(message) => self.is_cut_off(message.seq),
                _ => false,
            };
            if !elsewhere {
                self.fold(change);
            }
        }
        // What one may want to go back to stays.
        let follows = self.at_end.get_untracked() && !self.divider_above.get_untracked();
        self.cut_oldest(if follows { ENOUGH_ROWS } else { MOST_ROWS });
        self.draw();
    }

    /// It is written, and waits nowhere any more.
    fn arrived(self, message: &Message) {
        forget(self.pending, |pending| pending.key == message.key);
        forget(self.held, |held| held.key == message.key);
        forget(self.typing, |(user, _)| *user == message.author.id);
    }

    /// Whether a place in the order is beyond what is held.
    fn is_cut_off(self, seq: u64) -> bool {
        self.order.with_untracked(|order| {
            let before = self.earlier.get_untracked() && order.first().is_some_and(|first| seq < *first);
            before || self.later.get_untracked() && order.last().is_some_and(|last| seq > *last)
        })
    }

    fn see_typing(self, typing: Typing) {
        if Some(typing.user) == self.me || self.hush.is_on() {
            return;
        }
        let user = typing.user;
        self.typing.update(|all| {
            all.retain(|(known, _)| *known != user);
            if typing.typing {
                all.push((user, typing.name));
            }
        });
        let shown = Duration::from_secs(u64::try_from(TYPING_SHOWN.whole_seconds()).unwrap_or(6));
        // Said again, they stand at the end of the list: only the last word's time counts.
        let at = js_sys::Date::now();
        LAST_TYPED.with(|last| last.borrow_mut().insert(user, at));
        set_timeout(
            move || {
                if LAST_TYPED.with(|last| last.borrow().get(&user).is_none_or(|last| *last <= at)) {
                    self.typing.update(|all| all.retain(|(known, _)| *known != user));
                }
            },
            shown,
        );
    }
}

/// Tells nobody where there is no such thing.
fn forget<T: Send + Sync + 'static>(list: RwSignal<Vec<T>>, unwanted: impl Fn(&T) -> bool) {
    if list.with_untracked(|all| all.iter().any(&unwanted)) {
        list.update(|all| all.retain(|one| !unwanted(one)));
    }
}

/// What happened to messages, if that is what happened.
fn change(told: &Told) -> Option<Change> {
    let message = told.event("chat.created").map(Change::Created);
    message
        .or_else(|| told.event("chat.edited").map(Change::Edited))
        .or_else(|| told.event("chat.deleted").map(Change::Deleted))
        .or_else(|| told.event("chat.restored").map(Change::Restored))
        .or_else(|| told.event("chat.reacted").map(Change::Reacted))
        .or_else(|| told.event("chat.unreacted").map(Change::Unreacted))
        .or_else(|| told.event("chat.pinned").map(Change::Pinned))
        .or_else(|| told.event("chat.unpinned").map(Change::Unpinned))
}

thread_local! {
    static LAST_TYPED: std::cell::RefCell<BTreeMap<UserId, f64>> = const { std::cell::RefCell::new(BTreeMap::new()) };
}

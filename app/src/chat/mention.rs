//! Naming people while one writes: `@` and some letters show who is meant; arrows, Enter or Tab
//! take one. The field keeps the focus, and Escape leaves the letters as they are.

use focushive::{
    hive::{ListMembers, Member},
    id::{HiveId, UserId},
    presence::ListSeats,
};
use leptos::{ev, html, prelude::*, task::spawn_local};
use web_sys::HtmlTextAreaElement;

use super::named::{Candidate, candidates, word_at};
use crate::{
    live,
    ui::{Avatar, AvatarSize},
};

/// Who belongs to a hive is asked for again after this long.
const FRESH_MS: f64 = 60_000.0;

#[derive(Clone, Copy)]
pub struct Mention {
    hive: HiveId,
    me: Option<UserId>,
    /// Who belongs to the hive, once it is known.
    pub members: RwSignal<Option<Vec<Member>>>,
    here: StoredValue<Vec<UserId>>,
    asked_at: StoredValue<f64>,
    found: RwSignal<Vec<Candidate>>,
    chosen: RwSignal<usize>,
    /// Where the letters are: from the `@` to the caret.
    span: StoredValue<(usize, usize)>,
}

impl Mention {
    pub fn new(hive: HiveId, me: Option<UserId>) -> Self {
        Self {
            hive,
            me,
            members: RwSignal::new(None),
            here: StoredValue::new(Vec::new()),
            asked_at: StoredValue::new(f64::MIN),
            found: RwSignal::new(Vec::new()),
            chosen: RwSignal::new(0),
            span: StoredValue::new((0, 0)),
        }
    }

    /// Looks at what was just typed.
    pub fn look(self, area: &HtmlTextAreaElement) {
        let text = area.value();
        if text.contains('@') {
            self.ask(area);
        }
        let caret = area.selection_start().ok().flatten().unwrap_or_default() as usize;
        let Some((start, letters)) = word_at(&text, caret) else { return self.close() };
        let found = self.members.with_untracked(|members| {
            let members = members.as_deref().unwrap_or_default();
            self.here.with_value(|here| candidates(members, here, self.me, &letters))
        });
        self.span.set_value((start, caret));
        self.chosen.set(0);
        self.found.set(found);
    }

    pub fn close(self) {
        if self.found.with_untracked(|found| !found.is_empty()) {
            self.found.set(Vec::new());
        }
    }

    /// The field lost the focus, perhaps because it is gone with all that belongs to it.
    pub fn leave(self) {
        if self.found.try_with_untracked(Vec::is_empty) == Some(false) {
            self.close();
        }
    }

    /// Whether the key was meant for the list.
    pub fn key(self, event: &ev::KeyboardEvent, area: &HtmlTextAreaElement) -> bool {
        let Some(last) = self.found.with_untracked(Vec::len).checked_sub(1) else { return false };
        let at = self.chosen.get_untracked();
        match event.key().as_str() {
            "ArrowDown" => self.chosen.set(if at < last { at + 1 } else { 0 }),
            "ArrowUp" => self.chosen.set(at.checked_sub(1).unwrap_or(last)),
            "Enter" | "Tab" if !event.shift_key() => self.take(area, at),
            "Escape" => self.close(),
            _ => return false,
        }
        event.prevent_default();
        true
    }

    /// Writes the name out where its letters are.
    fn take(self, area: &HtmlTextAreaElement, at: usize) {
        let Some(candidate) = self.found.with_untracked(|found| found.get(at).cloned()) else { return };
        let (start, end) = self.span.get_value();
        let text: Vec<u16> = area.value().encode_utf16().collect();
        let (before, after) = (text.get(..start).unwrap_or_default(), text.get(end..).unwrap_or_default());
        let name: Vec<u16> = format!("@{} ", candidate.handle).encode_utf16().collect();
        area.set_value(&String::from_utf16_lossy(&[before, &name, after].concat()));
        let caret = u32::try_from(start + name.len()).unwrap_or_default();
        let _ = area.set_selection_range(caret, caret);
        self.close();
    }

    /// Asks who there is, if that is not known or long ago.
    fn ask(self, area: &HtmlTextAreaElement) {
        let now = js_sys::Date::now();
        if now - self.asked_at.get_value() < FRESH_MS {
            return;
        }
        self.asked_at.set_value(now);
        let (hive, area) = (self.hive, area.clone());
        spawn_local(async move {
            if let Ok(seats) = live::call(ListSeats { hive }).await {
                self.here.try_set_value(seats.into_iter().map(|seat| seat.person.id).collect());
            }
            // What was typed meanwhile is looked at with what is known now.
            if self.learn().await {
                self.look(&area);
            }
        });
    }

    /// Asks who belongs to the hive; the answer is whether that is known now, on a page that is there.
    pub async fn learn(self) -> bool {
        match live::call(ListMembers { hive: self.hive }).await {
            Ok(members) => self.members.try_set(Some(members)).is_none(),
            Err(_) => {
                self.asked_at.try_set_value(f64::MIN);
                false
            }
        }
    }

    fn is_open(self) -> bool {
        self.found.with(|found| !found.is_empty())
    }

    /// For assistive technology: which of them is chosen.
    pub fn active(self) -> Option<String> {
        self.is_open().then(|| format!("mention-{}", self.chosen.get()))
    }

    pub fn list(self) -> Option<&'static str> {
        self.is_open().then_some("mention-list")
    }
}

/// `area` is the field; `taken` is told that a name was written into it.
#[component]
pub fn MentionList(mention: Mention, area: NodeRef<html::Textarea>, taken: Callback<()>) -> impl IntoView {
    let row = move |(at, candidate): (usize, Candidate)| {
        let take = move |event: ev::PointerEvent| {
            // The field keeps the focus.
            event.prevent_default();
            if let Some(area) = area.get_untracked() {
                mention.take(&area, at);
                taken.run(());
            }
        };
        let Candidate { handle, name, initials, note } = candidate;
        view! {
            <li id=format!("mention-{at}") role="option" aria-selected=move || (mention.chosen.get() == at).to_string() on:pointerdown=take>
                <Avatar name=name.clone() initials size=AvatarSize::Small />
                <span><b>{name}</b>" @"{handle}</span>
                <small>{note}</small>
            </li>
        }
    };
    let many =
        move || mention.found.with(|found| (!found.is_empty()).then(|| format!("{} to choose from", found.len())));
    view! {
        {move || mention.is_open().then(|| view! {
            <ul class="mentions" id="mention-list" role="listbox" aria-label="Whom you mean">
                {mention.found.get().into_iter().enumerate().map(row).collect_view()}
            </ul>
        })}
        <p class="visually-hidden" role="status">{many}</p>
    }
}

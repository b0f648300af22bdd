//! What the switcher shows: a field, and below it what is meant. The field keeps the focus; the
//! arrows choose.

use std::time::Duration;

use focushive::{
    hive::{FindPeople, List, MOST_LISTED},
    user::Deed,
};
use leptos::{ev, leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use leptos_router::hooks::use_location;

use super::{
    place::{self, Place},
    trail,
};
use crate::{
    composition::is_composed,
    hive::Shelf,
    live,
    ui::{Avatar, AvatarSize, Dialog, Icon, IconMark, tint},
    visit::Session,
};

pub fn panel(open: RwSignal<bool>, go: Callback<String>, shelf: Shelf) -> AnyView {
    view! { <Panel open go shelf /> }.into_any()
}

#[component]
fn Panel(open: RwSignal<bool>, go: Callback<String>, shelf: Shelf) -> impl IntoView {
    let words = RwSignal::new(String::new());
    let chosen = RwSignal::new(0_usize);
    let places = RwSignal::new(Vec::<Place>::new());
    let lately = StoredValue::new(Vec::<String>::new());
    let here = use_location().pathname;
    // Each time it opens it begins anew.
    Effect::new(move || {
        if open.get() {
            lately.set_value(trail::last());
            words.set(String::new());
        }
    });
    Effect::new(move || {
        if open.get() {
            places.set(place::all(&shelf.cards().unwrap_or_default(), me(), &pages()));
        }
    });
    let (asked, asks) = (StoredValue::new(None::<TimeoutHandle>), RwSignal::new(false));
    let typed = StoredValue::new(String::new());
    // Whoever sits nowhere, and hives beyond those that are known, are asked for by their letters.
    Effect::new(move || {
        let letters = words.get();
        asked.update_value(|asked| asked.take().iter().for_each(TimeoutHandle::clear));
        let enough = letters.trim().chars().count() >= LETTERS;
        asks.set(enough);
        if enough {
            let ask = move || {
                spawn_local(async move {
                    if learn(letters, words, places, shelf).await {
                        asks.set(false);
                    }
                });
            };
            asked.set_value(set_timeout_with_handle(ask, PAUSE).ok());
        }
    });
    let found = Memo::new(move |_| {
        places.with(|places| {
            lately.with_value(|lately| words.with(|words| place::find(places, words, lately, &here.read_untracked())))
        })
    });
    // What is chosen stays so, wherever it stands when more is found.
    Effect::new(move |before: Option<Vec<Place>>| {
        let now = found.get();
        let at = before.as_ref().and_then(|before| before.get(chosen.get_untracked()));
        let same = typed.with_value(|typed| words.with_untracked(|words| typed == words));
        let kept = at.filter(|_| same).and_then(|place| now.iter().position(|one| one == place));
        chosen.set(kept.unwrap_or_default());
        typed.set_value(words.get_untracked());
        now
    });
    let step = move |by: isize| {
        let many = found.with_untracked(Vec::len);
        if let Some(last) = many.checked_sub(1) {
            chosen.update(|at| *at = at.checked_add_signed(by).map_or(last, |at| if at > last { 0 } else { at }));
        }
    };
    let key = move |event: ev::KeyboardEvent| {
        if is_composed(&event) {
            return;
        }
        match event.key().as_str() {
            "ArrowDown" => step(1),
            "ArrowUp" => step(-1),
            "Enter" => {
                if let Some(place) = found.with_untracked(|found| found.get(chosen.get_untracked()).cloned()) {
                    go.run(place.path);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    let active = move || found.with(|found| (!found.is_empty()).then(|| format!("jump-{}", chosen.get())));
    view! {
        <Dialog open title="Jump to">
            <div class="jump-panel">
                <div class="field"><input type="text" autofocus role="combobox" aria-label="A hive, a person or a page" placeholder="A hive, a person or a page" autocomplete="off" spellcheck="false" aria-expanded="true" aria-autocomplete="list" aria-controls="jump-list" aria-activedescendant=active prop:value=words on:input=move |event| words.set(event_target_value(&event)) on:keydown=key /></div>
                <ul id="jump-list" role="listbox" aria-label="Places">
                    {move || found.get().into_iter().enumerate().map(|(at, place)| view! { <Row at place chosen go /> }).collect_view()}
                </ul>
                <p class="jump-none" role="status">{move || (found.with(Vec::is_empty) && !asks.get()).then(|| format!("Nothing you can see is called “{}”.", words.get()))}</p>
            </div>
        </Dialog>
    }
}

/// So many letters are worth a question, and after this pause.
const LETTERS: usize = 2;
const PAUSE: Duration = Duration::from_millis(120);

/// False if meanwhile other letters are meant, or nothing any more.
async fn learn(letters: String, words: RwSignal<String>, places: RwSignal<Vec<Place>>, shelf: Shelf) -> bool {
    let people = live::call(FindPeople { find: letters.trim().to_owned() }).await.unwrap_or_default();
    let full = shelf.cards().is_some_and(|cards| cards.len() >= usize::from(MOST_LISTED));
    let hives = match full {
        true => live::call(List { find: Some(letters.clone()) }).await.unwrap_or_default(),
        false => Vec::new(),
    };
    let meant = words.try_with_untracked(|words| *words == letters) == Some(true);
    if meant {
        places.update(|places| place::add(places, &hives, &people));
    }
    meant
}

#[component]
fn Row(at: usize, place: Place, chosen: RwSignal<usize>, go: Callback<String>) -> impl IntoView {
    let Place { kind, name, note, path } = place;
    let mark = match kind {
        place::Kind::Hive => view! { <span class="rail-hex" data-tint=tint(&name).to_string()></span> }.into_any(),
        place::Kind::Person => {
            let initials = focushive::text::Name::parse(&name).map(|name| name.initials()).unwrap_or_default();
            view! { <Avatar name=name.clone() initials size=AvatarSize::Small /> }.into_any()
        }
        place::Kind::Page => view! { <IconMark icon=page_icon(&path) /> }.into_any(),
    };
    view! {
        <li id=format!("jump-{at}") role="option" data-kind=kind.as_str() aria-selected=move || (chosen.get() == at).to_string() on:pointermove=move |_| chosen.set(at) on:click=move |_| go.run(path.clone())>
            {mark}<b>{name}</b><small>{note}</small>
        </li>
    }
}

fn me() -> Option<focushive::id::UserId> {
    Session::get().me.with_untracked(|me| me.as_ref().map(|me| me.id))
}

fn page_icon(path: &str) -> Icon {
    match path.split('/').nth(1) {
        Some("settings") => Icon::Gear,
        Some("focus") => Icon::Clock,
        Some("admin") => Icon::Users,
        _ => Icon::Hexagon,
    }
}

/// The pages that are not about one hive.
fn pages() -> Vec<(&'static str, &'static str)> {
    let mut pages = vec![
        ("/", "Lobby"),
        ("/focus", "My focus"),
        ("/settings", "Settings"),
        ("/settings/chat", "Chat settings"),
        ("/settings/appearance", "Appearance"),
        ("/settings/sessions", "Sessions"),
        ("/settings/privacy", "Privacy"),
        ("/settings/data", "Your data"),
    ];
    if Session::get().may(Deed::SeeMembers) {
        pages.push(("/admin", "People"));
    }
    pages
}

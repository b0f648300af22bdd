//! The lobby: the rooms there are, as they are right now, and the making of another.

use focushive::hive::{self, Access, Hive, List, MOST_LISTED, Rank};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use serde_json::Value;

use crate::{
    backend::Asked,
    form::{CommandForm, FormField, FormSelect, KeyField, Submit},
    hive::{Shelf, access_words},
    layout::{Frame, Loaded},
    notification::BellState,
    reader,
    timer::SessionNote,
    ui::{Avatar, AvatarSize, Badge, Button, Card, Count, Empty, Field, FieldKind, Notice, Tone, tint},
    visit::Session,
    waking::Part,
};

/// The lobby: the rooms there are, as they are right now.
#[component]
pub fn LobbyPage() -> impl IntoView {
    let session = Session::get();
    let name = session.me.with_untracked(|me| me.as_ref().map(|me| me.name.to_string()).unwrap_or_default());
    let first = name.split_whitespace().next().unwrap_or_default().to_owned();
    let shelf = Shelf::get();
    let query = use_query_map();
    let wanted = Memo::new(move |_| query.with(|query| query.get("find")).filter(|find| !find.trim().is_empty()));
    let hives = move || match wanted.get() {
        Some(words) => view! { <Found words /> }.into_any(),
        None => {
            view! { <Loaded asked=shelf.asked view={|cards: Vec<hive::Card>| view! { <Hives cards wanted=None /> }} /> }
                .into_any()
        }
    };
    view! {
        <Frame heading=format!("Hello, {first}") lead="This is the lobby: every hive you can see stands here.">
            <Unconfirmed />
            <Part><Find wanted=wanted.get_untracked() /></Part>
            {hives}
            <Part><MakeHive /></Part>
        </Frame>
    }
}

/// Those that are looked for; when something changes in the lobby, it may have among them.
#[component]
fn Found(words: String) -> impl IntoView {
    let (shelf, wanted) = (Shelf::get(), StoredValue::new(words));
    let found = Asked::new(move || List { find: Some(wanted.get_value()) });
    Effect::new(move |before: Option<()>| {
        shelf.asked.get();
        if before.is_some() {
            found.again();
        }
    });
    view! { <Loaded asked=found view={move |cards: Vec<hive::Card>| view! { <Hives cards wanted=Some(wanted.get_value()) /> }} /> }
}

/// Shown from twelve hives on, which the sheet counts: the list is drawn anew whenever something happens in
/// it, and what somebody types here stays.
#[component]
fn Find(wanted: Option<String>) -> impl IntoView {
    let is_wanted = wanted.is_some().then_some("");
    view! {
        <form method="get" action="/" class="lobby-find" role="search" data-wanted=is_wanted>
            <Field name="find" label="Find a hive" kind=FieldKind::Search value=wanted.unwrap_or_default() />
            <Button tone=Tone::Plain>"Find"</Button>
        </form>
    }
}

#[component]
fn Hives(cards: Vec<hive::Card>, wanted: Option<String>) -> impl IntoView {
    let more = cards.len() >= usize::from(MOST_LISTED);
    let cards: Vec<hive::Card> = cards.into_iter().filter(|card| !card.hive.pair).collect();
    view! {
        {more.then(|| view! { <p class="quiet">"There are more hives than stand here: find the others by name."</p> })}
        <Cards cards wanted />
    }
}

#[component]
fn Cards(cards: Vec<hive::Card>, wanted: Option<String>) -> impl IntoView {
    if let (true, Some(words)) = (cards.is_empty(), wanted) {
        return view! { <Empty title=format!("Nothing you can see is called “{words}”")><a href="/">"Show every hive"</a></Empty> }.into_any();
    }
    if cards.is_empty() {
        return view! {
            <Empty title="No hives yet">
                <p>"A hive is a room with one shared timer and a chat that goes quiet while people focus. Make the first one below."</p>
            </Empty>
        }
        .into_any();
    }
    view! { <ul class="hive-cards">{cards.into_iter().map(|card| view! { <Part><HiveCard card /></Part> }).collect_view()}</ul> }
        .into_any()
}

#[component]
fn HiveCard(card: hive::Card) -> impl IntoView {
    let bell = BellState::get();
    let focusing = card.focusing();
    let hive::Card { hive, rank, members, here, unread, drafted, timer } = card;
    let session = timer
        .filter(|timer| timer.phase().is_some())
        .map(|timer| view! { <p class="hive-card-note"><SessionNote timer focusing /></p> });
    let path = format!("/hive/{}", hive.id);
    let people = if members == 1 { "1 member".to_owned() } else { format!("{members} members") };
    let faces = here.iter().take(5).map(|seat| {
        let picture = seat.person.avatar.map(|id| format!("/avatar/{id}"));
        view! { <Avatar name=seat.person.name.to_string() initials=seat.person.name.initials() picture size=AvatarSize::Small /> }
    });
    let crowd = match here.len() {
        0 => "Nobody is in right now".to_owned(),
        1 => "1 here now".to_owned(),
        here => format!("{here} here now"),
    };
    view! {
        <li class="hive-card" data-archived=hive.archived.then_some("")>
            <span class="hive-card-hex" data-tint=tint(hive.name.as_str()).to_string()></span>
            <div class="hive-card-main">
                <h2><a href=path>{hive.name.to_string()}</a></h2>
                {hive.purpose.as_ref().map(|purpose| view! { <p>{purpose.to_string()}</p> })}
                {session}
                <p class="hive-card-note">
                    {faces.collect_view()}<span>{crowd}</span><span>{people}</span>
                    {(hive.access != Access::Public).then(|| view! { <Badge>{if hive.access == Access::Private { "private" } else { "by invitation" }}</Badge> })}
                    {rank.filter(|rank| *rank >= Rank::Host).map(|rank| view! { <Badge>{rank.as_str()}</Badge> })}
                    {drafted.then(|| view! { <Badge>"draft"</Badge> })}
                    {hive.archived.then(|| view! { <Badge>"archived"</Badge> })}
                </p>
            </div>
            {move || (!bell.is_focus()).then(|| view! { <Count count=unread tone=Tone::Primary /> })}
        </li>
    }
}

/// A new hive, made with its maker in it.
#[component]
fn MakeHive() -> impl IntoView {
    let made = RwSignal::new(None::<Hive>);
    let navigate = use_navigate();
    let done = Callback::new(move |answer: Value| {
        if let Ok(hive) = reader::read::<Hive>(answer) {
            navigate(&format!("/hive/{}", hive.id), NavigateOptions::default());
            made.set(Some(hive));
        }
    });
    let access = Access::ALL.map(|access| (access.as_str().to_owned(), access_words(access).to_owned())).to_vec();
    view! {
        <Card title="Make a hive" lead="You can change all of this later.">
            <CommandForm does="hive.create" done class="stack">
                <KeyField fresh=made />
                <div class="fields">
                    <FormField name="name" label="Name" required=true maxlength=60 />
                    <FormSelect name="access" label="Who comes in" options=access value="public" />
                </div>
                <FormField name="purpose" label="What it is for" hint="One line, optional" maxlength=200 />
                <Submit>"Make it"</Submit>
            </CommandForm>
        </Card>
    }
}

/// A quiet word to those whose address is not confirmed, where mail is sent at all.
#[component]
fn Unconfirmed() -> impl IntoView {
    let session = Session::get();
    let asks = session.of(|visit| visit.sends_mail)
        && session.me.with_untracked(|me| me.as_ref().is_some_and(|me| !me.email_verified));
    asks.then(|| {
        view! {
            <Notice tone=Tone::Plain>
                "Your address is not confirmed yet: open the link in the letter we sent, or ask for another in "
                <a href="/settings">"Settings"</a>"."
            </Notice>
        }
    })
}

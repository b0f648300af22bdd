//! A hive's own page: who is here, and what they say.

use focushive::{
    chat,
    hive::{self, Access, Hive, Membership, Room},
    id::HiveId,
    protocol::{Topic, event::PartChanged},
    timer,
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_query_map;
use serde_json::Value;

use super::{HiveTabs, offer::OfferCard};
use crate::{
    backend::Asked,
    chat::{ChatPanel, Opening},
    form::{CommandForm, Submit},
    layout::{Frame, Loaded},
    live::{self, Told},
    presence::Roster,
    timer::{Dial, Stage},
    ui::{Card, Notice, Tone},
    visit::Session,
    waking::Part,
};

#[component]
pub fn HivePage(hive: HiveId) -> impl IntoView {
    // A link to one message opens a window around it.
    let place = use_query_map().with_untracked(|query| query.get("at").and_then(|at| at.parse().ok()));
    let target = place;
    let room = Asked::new(move || hive::Look { hive });
    let history = chat::History { hive, place: place.map(chat::Place::Around), limit: None };
    let page = Asked::new(move || history.clone());
    let read = Asked::new(move || chat::LookReadState { hive });
    let draft = Asked::new(move || chat::LookDraft { hive, message: None });
    let held = Asked::new(move || chat::ListHeld { hive });
    let clock = Asked::new(move || timer::Sync { hive: Some(hive) });
    let again = Callback::new(move |_: Value| {
        let _ = window().location().reload();
    });
    let shown = move |room: Room| {
        let opening = Opening {
            page: page.get()?.ok(),
            read: read.get()?.ok().flatten(),
            draft: draft.get()?.ok().and_then(|draft| draft.text),
            held: held.get()?.unwrap_or_default(),
            clock: clock.get()?.ok(),
            target,
        };
        Some(view! { <HiveView room opening again /> })
    };
    view! { <Loaded asked=room view=shown /> }
}

/// The hive as it stands, kept up to date by what happens.
#[derive(Clone, Copy)]
pub struct Here {
    pub id: HiveId,
    pub hive: RwSignal<Hive>,
    pub me: RwSignal<Option<Membership>>,
}

impl Here {
    pub fn may(self, right: hive::Right) -> bool {
        !self.hive.with(|hive| hive.archived) && self.me.with(|me| me.as_ref().is_some_and(|me| me.rank.may(right)))
    }

    fn watch(self) {
        live::listen(Topic::Hive(self.id), None, move |told| {
            if let Some(hive) = told.event::<Hive>("hive.changed") {
                self.hive.set(hive);
            }
            if matches!(told, Told::Reset { .. }) {
                self.look_again();
            }
        });
        let Some(me) = Session::get().me.with_untracked(|me| me.as_ref().map(|me| me.id)) else { return };
        live::listen(Topic::User(me), None, move |told| {
            if let Some(part) = told.event::<PartChanged>("part.changed").filter(|part| part.hive == self.id) {
                let is_back = part.me.is_some() && self.me.with_untracked(Option::is_none);
                self.me.set(part.me);
                // Whoever was put out heard nothing since: what was missed comes first.
                if is_back {
                    live::hear_again(&[Topic::Hive(self.id), Topic::HiveLive(self.id)]);
                }
            }
            if matches!(told, Told::Reset { .. }) {
                self.look_again();
            }
        });
    }

    /// Too much was missed: it is asked how the hive stands, and what one is in it.
    fn look_again(self) {
        spawn_local(async move {
            if let Ok(room) = live::call(hive::Look { hive: self.id }).await {
                self.hive.try_set(room.hive);
                self.me.try_set(room.me);
            }
        });
    }
}

#[component]
fn HiveView(room: Room, opening: Opening, again: Callback<Value>) -> impl IntoView {
    let here = Here { id: room.hive.id, hive: RwSignal::new(room.hive.clone()), me: RwSignal::new(room.me.clone()) };
    provide_context(here);
    Effect::new(move || here.watch());
    let open = opening.page.is_some();
    let name = room.hive.name.to_string();
    let pair = room.hive.pair;
    let lead = match &room.hive.purpose {
        Some(purpose) => purpose.to_string(),
        None if pair => "Only the two of you come in here.".to_owned(),
        None => String::new(),
    };
    let seats = room.here.clone();
    let clock = StoredValue::new(opening.clock.clone().filter(|_| open));
    let opening = StoredValue::new(opening);
    let side = move || open.then(|| view! { <Part><ChatPanel here opening=opening.get_value() /></Part> });
    let id = room.hive.id;
    let place = room.hive.name.to_string();
    // A clock ticks by the frame around it, and so is made inside of it.
    let inside = move |goal: Option<String>| {
        let dial = clock.get_value().map(|clock| Dial::new(Some(id), place, clock));
        view! {
            {dial.map(|dial| view! { <Part asks=true><Stage dial goal /></Part> })}
            <OfferCard here />
            {open.then(|| view! { <Part><Roster here seats dial /></Part> })}
        }
    };
    let goal = room.me.as_ref().and_then(|me| me.goal.clone()).map(String::from);
    view! {
        <Frame heading=name lead=lead actions={move || view! { <HiveTabs hive=id here="Hive" pair /> }} side stage=Some(id)>
            <Archived here />
            <Doorstep here again />
            <Rules here />
            {inside(goal)}
        </Frame>
    }
}

#[component]
fn Archived(here: Here) -> impl IntoView {
    let archived = move || here.hive.with(|hive| hive.archived);
    move || {
        archived().then(|| view! { <Notice tone=Tone::Plain>"This hive is archived: it can be read, and nothing is added."</Notice> })
    }
}

/// For those who are not in yet: the way in, or why there is none.
#[component]
fn Doorstep(here: Here, again: Callback<Value>) -> impl IntoView {
    let outside = move || here.me.with(Option::is_none);
    let public = move || here.hive.with(|hive| hive.access == Access::Public && !hive.archived);
    let way_in = move || {
        view! {
            <Card title="You are looking in" lead="Join to take a seat, and to write.">
                <CommandForm does="hive.join" done=again>
                    <input type="hidden" name="hive" value=here.id.to_string() />
                    <Submit>"Join this hive"</Submit>
                </CommandForm>
            </Card>
        }
        .into_any()
    };
    let closed =
        || view! { <Notice tone=Tone::Plain>"One comes in by a link: ask somebody who is in."</Notice> }.into_any();
    move || outside().then(|| if public() { way_in() } else { closed() })
}

/// What one agrees to, shown once for each version.
#[component]
fn Rules(here: Here) -> impl IntoView {
    let due = move || {
        let rules = here.hive.with(|hive| hive.rules.clone())?;
        here.me.with(|me| me.as_ref().filter(|me| me.rules_seen < rules.version).map(|_| rules))
    };
    let seen = Callback::new(move |_: Value| {
        let version = here.hive.with_untracked(|hive| hive.rules.as_ref().map_or(0, |rules| rules.version));
        here.me.update(|me| {
            if let Some(me) = me {
                me.rules_seen = version;
            }
        });
    });
    move || {
        due().map(|rules| {
            view! {
                <Card title="The rules of this hive">
                    <p class="hive-rules">{rules.text.to_string()}</p>
                    <CommandForm does="hive.accept_rules" done=seen>
                        <input type="hidden" name="hive" value=here.id.to_string() />
                        <input type="hidden" name="version" value=rules.version.to_string() />
                        <Submit>"I agree"</Submit>
                    </CommandForm>
                </Card>
            }
        })
    }
}

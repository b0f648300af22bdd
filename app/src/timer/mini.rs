//! The small clock: on every page, the session one takes part in, with the way back to it.

use focushive::{
    id::HiveId,
    protocol::Topic,
    timer::{ListMine, Mine},
};
use leptos::prelude::*;

use super::{
    chime,
    dial::{Dial, tint},
    title,
};
use crate::{
    backend::Asked,
    layout::From,
    live::{self, Told},
    notification::BellState,
    presence,
    ui::{GoesOn, decimal},
};

/// `stage` is whose clock stands on the page itself. Whoever is in a hive's page has left the others.
#[component]
pub fn MiniClock(#[prop(optional_no_strip)] stage: Option<Option<HiveId>>) -> impl IntoView {
    let asked = Asked::new(|| ListMine {});
    let runs = StoredValue::new(false);
    // A session that begins while one is elsewhere makes the bell go quiet, on every page.
    let bell = BellState::get();
    let focus = Memo::new(move |_| bell.is_focus());
    Effect::new(move |was: Option<bool>| {
        let is = focus.get();
        if is && was == Some(false) && !runs.get_value() {
            asked.again();
        }
        is
    });
    let shown = move || {
        let mine = asked.get()?.ok()?;
        let in_hive = matches!(stage, Some(Some(_)));
        let mine = mine.into_iter().find(|mine| stage != Some(mine.hive) && !(in_hive && mine.hive.is_some()));
        runs.set_value(mine.is_some());
        let mine = mine?;
        Some(view! { <Running mine /> })
    };
    view! { <Transition>{shown}</Transition> }
}

#[component]
fn Running(mine: Mine) -> impl IntoView {
    let dial = Dial::new(mine.hive, mine.name.clone(), mine.view);
    let hive = mine.hive;
    Effect::new(move || {
        dial.watch();
        title::show(dial, From::Mini);
        chime::keep(dial);
        if let Some(hive) = hive {
            live::listen(Topic::HiveLive(hive), None, move |told| {
                if matches!(told, Told::Joined { .. }) {
                    presence::take_seat(hive);
                }
            });
        }
    });
    let phase = dial.phase();
    let digits = Memo::new(move |_| dial.face().digits());
    // Until the program is here, its digits go on by themselves, as those of the ring do.
    let [left, _, worked] = GoesOn::written(dial.goes_on());
    let words = move || phase.get().map_or("Over", |phase| phase.words());
    let path = hive.map_or_else(|| "/focus".to_owned(), |hive| format!("/hive/{hive}"));
    view! {
        <a class="mini" href=path data-state=move || tint(phase.get())>
            <span class="mini-ring" style:--part=move || decimal(dial.face().fraction())></span>
            <span class="mini-words"><b role="timer" data-left=left data-worked=worked>{digits}</b><small>{words}" · "{mine.name}</small></span>
        </a>
    }
}

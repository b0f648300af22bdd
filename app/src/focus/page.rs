//! The page of one's own focus.

use focushive::{focus, timer};
use leptos::prelude::*;
use serde_json::Value;

use super::{history::HistoryCard, signals::SignalsCard, totals::TotalsCard};
use crate::{
    backend::Asked,
    layout::{Frame, Loaded},
    timer::{Dial, RhythmCard, Stage},
    waking::Part,
};

#[component]
pub fn FocusPage() -> impl IntoView {
    let clock = Asked::new(|| timer::Sync { hive: None });
    let totals = Asked::new(|| focus::LookTotals {});
    let history = Asked::new(focus::History::default);
    let signals = Asked::new(|| focus::LookSignals {});
    let again = Callback::new(move |_: Value| {
        totals.again();
        history.again();
    });
    let set = Callback::new(move |_: Value| clock.again());
    let shown = move |view: timer::View| {
        let (rhythm, on) = (view.timer.rhythm.clone(), view.timer.phase().is_some());
        let goal = view.goal.clone().map(String::from);
        let stage = move || view! { <Stage dial={Dial::new(None, "On your own".to_owned(), view)} goal /> };
        view! {
            <Frame heading="My focus" lead="Yours alone: nobody else sees these figures." stage=None>
                <Part asks=true>{stage()}</Part>
                <Loaded asked=totals view=|totals| view! { <TotalsCard totals /> } />
                <Loaded asked=history view=move |page| view! { <HistoryCard page again /> } />
                <Loaded asked=signals view=|signals| view! { <SignalsCard signals /> } />
                <RhythmCard hive=None rhythm on again=set />
            </Frame>
        }
    };
    view! { <Loaded asked=clock view=shown /> }
}

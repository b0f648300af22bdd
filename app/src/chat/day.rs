//! Days and times as the viewer's own clock has them; the server, which does not know it, writes UTC.

use focushive::Moment;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use crate::ui::{Parts, local};

/// The day of an instant, in UTC until a script knows the viewer's zone.
#[component]
pub fn Day(at: Moment) -> impl IntoView {
    let exact = at.to_string();
    let words = RwSignal::new(exact.get(..10).unwrap_or(&exact).to_owned());
    let source = exact.clone();
    Effect::new(move || words.set(day_words(&source)));
    view! { <time datetime=exact>{words}</time> }
}

const OF_DAY: Parts = &[("hour", "2-digit"), ("minute", "2-digit")];

/// The time of day, in UTC until a script knows the viewer's zone; at once where the page is awake.
#[component]
pub fn Clock(at: Moment, #[prop(optional)] awake: bool) -> impl IntoView {
    let exact = at.to_string();
    if awake {
        let words = local(&exact, OF_DAY);
        return view! { <time datetime=exact>{words}</time> }.into_any();
    }
    let words = RwSignal::new(exact.get(11..16).unwrap_or(&exact).to_owned());
    let source = exact.clone();
    Effect::new(move || words.set(local(&source, OF_DAY)));
    view! { <time datetime=exact>{words}</time> }.into_any()
}

fn day_words(exact: &str) -> String {
    let day = |date: &js_sys::Date| (date.get_full_year(), date.get_month(), date.get_date());
    let now = js_sys::Date::new_0();
    let yesterday = js_sys::Date::new_0();
    yesterday.set_date(now.get_date().saturating_sub(1));
    let at = js_sys::Date::new(&JsValue::from_str(exact));
    if day(&at) == day(&now) {
        "Today".to_owned()
    } else if now.get_date() > 1 && day(&at) == day(&yesterday) {
        "Yesterday".to_owned()
    } else {
        local(exact, &[("weekday", "long"), ("day", "numeric"), ("month", "long")])
    }
}

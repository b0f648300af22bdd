//! What a person sees of the connection: nothing for a while, then a quiet line, never more.

use std::time::Duration;

use leptos::prelude::*;

use super::{Link, Live, link::Happening, socket};

/// Nothing is said before this, and more is said after that.
const SAY_AFTER_MS: f64 = 5_000.0;
const SAY_MORE_AFTER_MS: f64 = 30_000.0;

fn try_now() {
    socket::happen(Happening::Due);
    socket::happen(Happening::Wanted);
}

#[component]
pub fn LinkBar() -> impl IntoView {
    let live = Live::get();
    let now = RwSignal::new(0.0);
    let lost_ms = Memo::new(move |_| live.link.with(Link::lost_ms));
    Effect::new(move || {
        if lost_ms.get().is_none() {
            return;
        }
        let tick = set_interval_with_handle(move || now.set(js_sys::Date::now()), Duration::from_secs(1));
        on_cleanup(move || {
            if let Ok(tick) = tick {
                tick.clear();
            }
        });
    });
    let words = move || {
        if let Link::Error { message } = live.link.get() {
            return Some(message);
        }
        let gone = now.get() - lost_ms.get()?;
        if gone < SAY_AFTER_MS {
            None
        } else if gone < SAY_MORE_AFTER_MS {
            Some("Reconnecting…".to_owned())
        } else {
            Some("Reconnecting… Your messages will be sent when FocusHive is back.".to_owned())
        }
    };
    view! {
        <div class="link-bar" role="status">
            {move || words().map(|words| view! {
                <p>{words}</p>
                <button type="button" class="button" data-tone="ghost" data-size="small" on:click=move |_| try_now()>"Try now"</button>
            })}
        </div>
    }
}

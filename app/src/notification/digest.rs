//! The card after a silence: everything that waited, what is meant for one first. It stays until
//! one has had enough of it, and what it names is read only when it is opened.

use focushive::notification::{Digest, DismissDigest, Line, Why};
use leptos::{prelude::*, task::spawn_local};

use super::{opened, state::BellState};
use crate::{live, ui::Count};

#[component]
pub fn DigestCard() -> impl IntoView {
    let state = BellState::get();
    let shown = move || state.digest().map(|digest| view! { <Missed digest state /> });
    view! { <Transition>{shown}</Transition> }
}

#[component]
fn Missed(digest: Digest, state: BellState) -> impl IntoView {
    let title = match digest.why {
        Why::Focus => "While you focused",
        Why::Hours | Why::Snooze => "While it was quiet",
    };
    let count = digest.count();
    let words = if count == 1 { "one thing waited".to_owned() } else { format!("{count} things waited") };
    let dismiss = move |_| {
        state.forget_digest();
        spawn_local(async move {
            let _ = live::call(DismissDigest {}).await;
        });
    };
    view! {
        <section class="digest" aria-labelledby="digest-title" role="status">
            <header>
                <h2 id="digest-title">{title}", "{words}</h2>
                <button type="button" class="button" data-tone="ghost" data-size="small" on:click=dismiss>"Enough"</button>
            </header>
            <ul>{digest.lines.into_iter().map(|line| view! { <LineView line /> }).collect_view()}</ul>
        </section>
    }
}

#[component]
fn LineView(line: Line) -> impl IntoView {
    let many = line.kind.is_some() && line.count > 1;
    let (first, path) = (line.first, line.path.clone());
    let open = move |_| {
        if let Some(first) = first {
            opened::note(first, path.clone());
        }
    };
    view! {
        <li>
            <a href=line.path on:click=open data-kind=line.kind.map(|kind| kind.as_str())>
                <span>{line.words}{many.then(|| format!(", and {} more", line.count - 1))}</span>
                <Count count=line.count />
            </a>
        </li>
    }
}

//! What this is, for people who are not here yet. The picture is what the real components draw, kept
//! as they drew it: it never changes, and whoever only looks at it need not load what draws it.

use focushive::setting::Registration;
use leptos::prelude::*;

use crate::{layout::GuestFrame, visit::Session};

#[component]
pub fn LandingPage() -> impl IntoView {
    let session = Session::get();
    let house = session.of(|visit| visit.house.as_ref().map_or("FocusHive".to_owned(), ToString::to_string));
    let open = session.of(|visit| visit.registration == Registration::Open);
    view! {
        <GuestFrame title=format!("{house} · focus together")>
            <div class="landing">
                <section class="landing-hero">
                    <div class="landing-words">
                        <h1>"Quiet company for real work"</h1>
                        <p>{house}" is a place to focus together: see who is here and what they are working on, share one timer, and talk when the break comes."</p>
                        <p class="landing-actions">
                            <a class="button" data-tone="primary" href="/sign-in">"Sign in"</a>
                            {open.then(|| view! { <a class="button" data-tone="plain" href="/sign-up">"Make an account"</a> })}
                        </p>
                        {(!open).then(|| view! { <p class="landing-note">"New here? People come in by invitation: ask somebody for a link."</p> })}
                    </div>
                    <Picture />
                </section>
                <Promises />
            </div>
        </GuestFrame>
    }
}

/// One hive in the middle of a morning, as the components that draw the real ones draw it.
#[component]
fn Picture() -> impl IntoView {
    view! {
        <figure class="landing-picture">
            <div class="landing-hive" aria-hidden="true" inner_html=include_str!("picture.html")></div>
            <figcaption>"An example: five people in one hive, eighteen minutes before their break."</figcaption>
        </figure>
    }
}

#[component]
fn Promises() -> impl IntoView {
    let promises = [
        ("One clock", "Everybody in a hive sees the same time left, whatever their device thinks it is."),
        ("A chat that waits", "While you focus, messages wait. At the break you see what you missed, mentions first."),
        ("Yours alone", "It runs on your own machine. Nothing is fetched from elsewhere, and nothing is sent there."),
    ];
    view! {
        <section class="landing-promises" aria-label="What it promises">
            {promises
                .map(|(title, words)| view! { <article><h2>{title}</h2><p>{words}</p></article> })
                .collect_view()}
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{Cell, CellState, Comb, Ring, written};

    #[test]
    fn the_picture_is_what_the_components_draw() {
        let drawn = written(|| {
            view! {
                <Ring fraction=0.75 phase="Focus · 2 of 4" digits="18:42" next="then a 5 min break" />
                <Comb>
                    <Cell initials="AL" name="Alice" note="Draft the results".to_owned() state=CellState::Focus />
                    <Cell initials="BO" name="Bob" note="Billing tests".to_owned() state=CellState::Focus />
                    <Cell initials="CH" name="Charlie" note="Chapter 4".to_owned() state=CellState::Focus />
                    <Cell initials="DI" name="Diana" note="Tea. Back at :50".to_owned() state=CellState::Break />
                    <Cell initials="FR" name="Frank" note="Just arrived".to_owned() state=CellState::Online />
                </Comb>
            }
        });
        assert_eq!(drawn.replace("<!>", ""), include_str!("picture.html"));
    }
}

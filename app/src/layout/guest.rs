//! Pages for visitors: a plain bar above, and the gate, the card through which one comes in.

use leptos::prelude::*;

use super::PageTitle;
use crate::{
    ui::{Brand, Sprite},
    visit::Session,
};

/// The frame of a page that anybody may see.
#[component]
pub fn GuestFrame(#[prop(into)] title: String, children: Children) -> impl IntoView {
    let session = Session::get();
    view! {
        <Sprite />
        <PageTitle words=title />
        <a class="skip" href="#main" rel="external">"Skip to the page"</a>
        <div class="guest">
            <header class="guest-bar">
                <a class="guest-home" href="/" rel="external"><Brand /></a>
                <nav aria-label="Account">
                    {session.me.get_untracked().is_none().then(|| view! {
                        <a class="button" data-tone="ghost" href="/sign-in">"Sign in"</a>
                    })}
                </nav>
            </header>
            <main id="main" class="guest-main" tabindex="-1">{children()}</main>
        </div>
    }
}

/// The card through which one comes in, with a quiet comb beside it where there is room.
#[component]
pub fn Gate(
    #[prop(into)] heading: String,
    #[prop(optional, into)] lead: Option<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <GuestFrame title=format!("{heading} · FocusHive")>
            <div class="gate">
                <section class="gate-card">
                    <h1>{heading}</h1>
                    {lead.map(|lead| view! { <p class="gate-lead">{lead}</p> })}
                    {children()}
                </section>
                <aside class="gate-side" aria-hidden="true">
                    <div inner_html=include_str!("comb.html")></div>
                    <p class="gate-promise">"One shared timer. A chat that goes quiet while you focus."</p>
                </aside>
            </div>
        </GuestFrame>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{Cell, CellState, Comb, written};

    /// Kept as it was drawn, like the picture of the landing page.
    #[test]
    fn the_comb_is_what_the_components_draw() {
        let drawn = written(|| {
            view! {
                    <Comb>
                        <Cell initials="AL" name="Alice" note="Draft the results" state=CellState::Focus />
                        <Cell initials="BO" name="Bob" note="Billing tests" state=CellState::Focus />
                        <Cell initials="CH" name="Charlie" note="Chapter 4" state=CellState::Focus />
                        <Cell initials="DI" name="Diana" note="Tea" state=CellState::Break />
                        <Cell initials="EV" name="Eve" note="Just arrived" state=CellState::Online />
                    </Comb>
            }
        });
        assert_eq!(drawn.replace("<!>", ""), include_str!("comb.html"));
    }
}

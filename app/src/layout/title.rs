//! The tab's own face: the title of the page, led by a clock that runs or by how much waits, and
//! the small picture beside it.

use leptos::prelude::*;
use leptos_meta::Title;

const PLAIN: &str = "/favicon.svg";
const WAITING: &str = "/favicon-waiting.svg";

/// What leads the title, for as long as it is set. The server writes titles last, on whichever
/// thread that comes, where the page's own signals are not to be had any more: these belong to
/// whoever holds them.
#[derive(Clone)]
pub struct TabTitle {
    /// What stands in the title instead of the page's own words, and for the tab's picture: of the
    /// clock on the page itself, and of the small one.
    faces: [Face; 2],
    /// How much waits in the bell, where no clock runs.
    waiting: ArcRwSignal<u32>,
}

#[derive(Clone)]
struct Face {
    lead: ArcRwSignal<Option<String>>,
    picture: ArcRwSignal<Option<String>>,
}

/// Which clock it is that shows itself in the tab; the one on the page itself goes first.
#[derive(Clone, Copy)]
pub enum From {
    Stage,
    Mini,
}

impl TabTitle {
    pub(super) fn provide() {
        let face = || Face { lead: ArcRwSignal::new(None), picture: ArcRwSignal::new(None) };
        let tab = Self { faces: [face(), face()], waiting: ArcRwSignal::new(0) };
        provide_context(tab.clone());
        Effect::new(move || set_icon(&tab.icon()));
    }

    /// Nothing gives the page its own title back.
    pub fn set(from: From, words: Option<String>) {
        if let Some(face) = Self::face(from) {
            face.lead.set(words);
        }
    }

    /// Nothing gives the tab its own picture back.
    pub fn picture(from: From, address: Option<String>) {
        if let Some(face) = Self::face(from) {
            face.picture.set(address);
        }
    }

    fn face(from: From) -> Option<Face> {
        let [stage, mini] = use_context::<Self>()?.faces;
        Some(match from {
            From::Stage => stage,
            From::Mini => mini,
        })
    }

    /// How much waits.
    pub fn wait(count: u32) {
        if let Some(tab) = use_context::<Self>() {
            tab.waiting.set(count);
        }
    }

    fn icon(&self) -> String {
        let plain = || if self.waiting.get() > 0 { WAITING } else { PLAIN }.to_owned();
        self.faces.iter().find_map(|face| face.picture.get()).unwrap_or_else(plain)
    }

    fn over(&self, words: &str) -> String {
        match (self.faces.iter().find_map(|face| face.lead.get()), self.waiting.get()) {
            (Some(lead), _) => lead,
            (None, 0) => words.to_owned(),
            (None, waiting @ 1..=99) => format!("({waiting}) {words}"),
            (None, _) => format!("(99+) {words}"),
        }
    }
}

fn set_icon(href: &str) {
    if let Ok(Some(link)) = document().query_selector("link[rel=icon]")
        && link.get_attribute("href").as_deref() != Some(href)
    {
        let _ = link.set_attribute("href", href);
    }
}

/// People's words go into titles, and the framework writes a title as it is: a `<` could end it and
/// begin a script. One that looks the same takes its place.
#[component]
pub(super) fn PageTitle(#[prop(into)] words: String) -> impl IntoView {
    let tab = use_context::<TabTitle>();
    let text = move || tab.as_ref().map_or_else(|| words.clone(), |tab| tab.over(&words)).replace('<', "‹");
    view! { <Title text /> }
}

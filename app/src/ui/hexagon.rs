//! The comb: people as cells. To assistive technology it is a plain list.

use leptos::prelude::*;

use super::decimal;

/// What somebody is doing: shape and word, never colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellState {
    Focus,
    Break,
    Online,
    Away,
    DoNotDisturb,
}

impl CellState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Focus => "focus",
            Self::Break => "break",
            Self::Online => "online",
            Self::Away => "away",
            Self::DoNotDisturb => "do-not-disturb",
        }
    }

    pub const fn words(self) -> &'static str {
        match self {
            Self::Focus => "focusing",
            Self::Break => "on break",
            Self::Online => "around",
            Self::Away => "away",
            Self::DoNotDisturb => "do not disturb",
        }
    }
}

/// How large the cells are: the more people, the smaller, and at last no cells but lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CombSize {
    #[default]
    Large,
    Medium,
    Small,
    Lines,
}

impl CombSize {
    pub const fn of(people: usize) -> Self {
        match people {
            0..=16 => Self::Large,
            17..=48 => Self::Medium,
            49..=120 => Self::Small,
            _ => Self::Lines,
        }
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Large => "large",
            Self::Medium => "medium",
            Self::Small => "small",
            Self::Lines => "lines",
        }
    }
}

#[component]
pub fn Comb(#[prop(optional, into)] size: Signal<CombSize>, children: Children) -> impl IntoView {
    view! { <div class="hexagon-comb" data-size=move || size.get().as_str()><ul role="list">{children()}</ul></div> }
}

#[component]
pub fn Cell(
    #[prop(into)] initials: String,
    #[prop(into)] name: String,
    /// What follows the name where there is room for all of it.
    #[prop(optional, into)]
    more: String,
    #[prop(into)] note: Signal<String>,
    #[prop(into)] state: Signal<CellState>,
    /// What the state is called, where that says more than its kind.
    #[prop(optional)]
    called: Option<Signal<&'static str>>,
    /// One's own cell is filled.
    #[prop(optional)]
    mine: bool,
    /// How much is left of the session they are in, from one to zero.
    #[prop(optional, into)]
    part: Signal<Option<f64>>,
) -> impl IntoView {
    let words = move || called.map_or_else(|| state.get().words(), |called| called.get());
    // Where the note says it, it is not said twice.
    let spoken = move || {
        let words = words();
        let said = called.is_some() && note.with(|note| note.contains(words.trim_start_matches("in ")));
        (!said).then(|| format!(", {words}"))
    };
    // Of somebody who is really there it names all that may have found no room.
    let whole = format!("{name} {more}").trim_end().to_owned();
    let title = move || match called {
        Some(called) => [whole.as_str(), called.get(), &note.get()].join("\n"),
        None => words().to_owned(),
    };
    let ring = move || part.get().map(|_| "");
    let around = move || part.get().map(decimal);
    view! {
        <li class="hexagon" title=title data-state=move || state.get().as_str() data-mine=mine.then_some("") data-part=ring style:--part=around>
            <span class="hexagon-face">
                <b aria-hidden="true">{initials}</b>
                <strong>{name}{(!more.is_empty()).then(|| view! { <span class="hexagon-more">{format!(" {more}")}</span> })}<span class="visually-hidden">{mine.then_some(" (you)")}{spoken}</span></strong>
                <small>{note}</small>
            </span>
        </li>
    }
}

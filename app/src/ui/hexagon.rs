//! The comb: people as cells. To assistive technology it is a plain list.

use leptos::prelude::*;

/// What somebody is doing: shape and word, never colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellState {
    Focus,
    Break,
    Online,
    Away,
}

impl CellState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Focus => "focus",
            Self::Break => "break",
            Self::Online => "online",
            Self::Away => "away",
        }
    }

    pub const fn words(self) -> &'static str {
        match self {
            Self::Focus => "focusing",
            Self::Break => "on break",
            Self::Online => "around",
            Self::Away => "away",
        }
    }
}

#[component]
pub fn Comb(children: Children) -> impl IntoView {
    view! { <div class="hexagon-comb"><ul role="list">{children()}</ul></div> }
}

#[component]
pub fn Cell(initials: &'static str, name: &'static str, note: &'static str, state: CellState) -> impl IntoView {
    view! {
        <li class="hexagon" data-state=state.as_str()>
            <span class="hexagon-face">
                <b aria-hidden="true">{initials}</b>
                <strong>{name}<span class="visually-hidden">", "{state.words()}</span></strong>
                <small>{note}</small>
            </span>
        </li>
    }
}

//! `/ui`: every piece in every state, for whoever looks after the look.

use leptos::prelude::*;

use super::NotFound;
use crate::{ui::Gallery, visit::Session};

/// There only where the house is set to show it.
pub fn gallery() -> AnyView {
    if Session::get().of(|visit| visit.ui_page) { Gallery().into_any() } else { NotFound().into_any() }
}

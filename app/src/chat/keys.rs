//! Where the keyboard leads in a chat: what is focused on coming in, and what Enter does.

use focushive::chat::EnterKey;
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{FocusOptions, HtmlElement};

use super::state::Chat;
use crate::visit::Session;

/// At a desk one may write as soon as one is in; where nobody wrote yet, start. Not while the others
/// focus, nor where one came for something else.
pub fn begin(chat: Chat, area: NodeRef<html::Textarea>) {
    let at_work = untrack(|| chat.dial.is_some_and(|dial| dial.rolled().is_at_work()));
    let led_here = chat.target.get_untracked().is_some() || window().location().hash().is_ok_and(|at| !at.is_empty());
    if at_work || led_here || !nobody_types() || !matches("(pointer: fine) and (min-width: 761px)") {
        return;
    }
    let start = || document().query_selector("#timer [data-key=space] button").ok().flatten()?.dyn_into().ok();
    let first = chat.order.with_untracked(Vec::is_empty).then(start).flatten();
    let element: Option<HtmlElement> = first.or_else(|| area.get_untracked().map(Into::into));
    let still = FocusOptions::new();
    still.set_prevent_scroll(true);
    if let Some(element) = element {
        let _ = element.focus_with_options(&still);
    }
}

/// On a phone a button does; elsewhere as one has it.
pub fn enter_sends() -> bool {
    let key = Session::get().me.with_untracked(|me| me.as_ref().map(|me| me.enter_key)).unwrap_or_default();
    key == EnterKey::Sends && !matches("(pointer: coarse)")
}

fn matches(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|query| query.matches())
}

/// Whether no field, and nothing that opens over the page, has the focus.
pub fn nobody_types() -> bool {
    let typed = "input, textarea, select, [contenteditable], dialog, [role=combobox], .message-menu";
    document().active_element().is_none_or(|element| element.closest(typed).ok().flatten().is_none())
}

//! A dialog over the page: the browser's own, which traps focus, closes on Escape, and gives focus
//! back to whatever opened it.

use leptos::{html, prelude::*};

use super::{Icon, IconMark};

#[component]
pub fn Dialog(open: RwSignal<bool>, title: &'static str, children: Children) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        let Some(dialog) = node.get() else { return };
        if open.get() && !dialog.open() {
            let _ = dialog.show_modal();
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    // Escape is known at once, the end of the dialog a moment later: it may be open again by then.
    let closed = move || {
        if node.try_get_untracked().flatten().is_none_or(|dialog| !dialog.open()) {
            open.try_set(false);
        }
    };
    view! {
        <dialog class="dialog" node_ref=node aria-label=title on:cancel=move |_: web_sys::Event| open.set(false) on:close=move |_| closed()>
            <header class="dialog-head">
                <h2>{title}</h2>
                <button type="button" class="dialog-close" aria-label="Close" on:click=move |_| open.set(false)><IconMark icon=Icon::Close /></button>
            </header>
            <div class="dialog-body">{children()}</div>
        </dialog>
    }
}

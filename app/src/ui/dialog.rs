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
    view! {
        <dialog class="dialog" node_ref=node aria-label=title on:close=move |_| open.set(false)>
            <header class="dialog-head">
                <h2>{title}</h2>
                <button type="button" class="dialog-close" aria-label="Close" on:click=move |_| open.set(false)><IconMark icon=Icon::Close /></button>
            </header>
            <div class="dialog-body">{children()}</div>
        </dialog>
    }
}

//! This browser, told while no page of ours is open: asked for by a press, and ended by one.

use leptos::{prelude::*, reactive::computed::ScopedFuture, task::spawn_local};

use crate::{
    push::{Standing, stands, subscribe, unsubscribe},
    ui::{Card, Notice, Tone},
};

#[component]
pub fn DeviceCard() -> impl IntoView {
    let standing = RwSignal::new(Standing::Unknown);
    let problem = RwSignal::new(None::<&'static str>);
    let look = move || {
        spawn_local(async move {
            let _ = standing.try_set(stands().await);
        })
    };
    Effect::new(look);
    let turn = move |on: bool| {
        problem.set(None);
        spawn_local(ScopedFuture::new(async move {
            let done = if on { subscribe().await } else { unsubscribe().await };
            if done.is_none() {
                let words = "That did not work: this browser’s push service cannot be reached.";
                let _ = problem.try_set(Some(words));
            }
            let _ = standing.try_set(stands().await);
        }));
    };
    let words = move || match standing.get() {
        Standing::Unknown | Standing::Cannot => "This browser shows nothing while no page of FocusHive is open.",
        Standing::Forbidden => {
            "This browser was told not to show anything from here. Its settings for this address allow it again."
        }
        Standing::Off => "What interrupts you can reach this browser also while no page of FocusHive is open.",
        Standing::On => "What interrupts you reaches this browser, also while no page of FocusHive is open.",
    };
    let button = move || {
        match standing.get() {
        Standing::Off => view! { <button type="button" class="button" data-tone="primary" on:click=move |_| turn(true)>"Tell me on this device"</button> }.into_any(),
        Standing::On => view! { <button type="button" class="button" on:click=move |_| turn(false)>"Stop telling me here"</button> }.into_any(),
        Standing::Unknown | Standing::Cannot | Standing::Forbidden => ().into_any(),
    }
    };
    view! {
        <Card title="On this device">
            <p>{words}</p>
            {move || problem.get().map(|words| view! { <Notice tone=Tone::Bad>{words}</Notice> })}
            <p>{button}</p>
        </Card>
    }
}

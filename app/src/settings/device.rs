//! This browser, told while no page of ours is open: asked for by a press, and ended by one.

use focushive::notification::{LookPushKey, Subscribe, Unsubscribe};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Notification, NotificationPermission, PushEncryptionKeyName, PushSubscription, PushSubscriptionOptionsInit,
    ServiceWorkerRegistration,
};

use crate::{
    live,
    ui::{Card, Notice, Tone},
};

const WORKER: &str = "/sw.js";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// Not known yet.
    Unknown,
    /// This browser cannot be told, or its owner forbade it.
    Cannot,
    Forbidden,
    Off,
    On,
}

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
        spawn_local(async move {
            let done = if on { subscribe().await } else { unsubscribe().await };
            if done.is_none() {
                let words = "That did not work: this browser’s push service cannot be reached.";
                let _ = problem.try_set(Some(words));
            }
            let _ = standing.try_set(stands().await);
        });
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

async fn stands() -> Standing {
    let Some(worker) = worker().await else { return Standing::Cannot };
    match Notification::permission() {
        NotificationPermission::Denied => Standing::Forbidden,
        NotificationPermission::Granted if subscription(&worker).await.is_some() => Standing::On,
        _ => Standing::Off,
    }
}

/// Our worker, if this browser knows workers and pushes.
async fn worker() -> Option<ServiceWorkerRegistration> {
    let navigator = window().navigator();
    let known = |name: &str| js_sys::Reflect::has(&navigator, &JsValue::from_str(name)).unwrap_or(false);
    let pushes = js_sys::Reflect::has(&window(), &JsValue::from_str("PushManager")).unwrap_or(false);
    if !known("serviceWorker") || !pushes {
        return None;
    }
    let registered = JsFuture::from(navigator.service_worker().register(WORKER)).await.ok()?;
    registered.dyn_into().ok()
}

async fn subscription(worker: &ServiceWorkerRegistration) -> Option<PushSubscription> {
    let found = worker.push_manager().ok()?.get_subscription().ok()?;
    JsFuture::from(found).await.ok()?.dyn_into().ok()
}

async fn subscribe() -> Option<()> {
    let worker = worker().await?;
    JsFuture::from(Notification::request_permission().ok()?).await.ok()?;
    let key = live::call(LookPushKey {}).await.ok()?.key;
    let options = PushSubscriptionOptionsInit::new();
    options.set_user_visible_only(true);
    options.set_application_server_key(&JsValue::from_str(&key));
    let asked = worker.push_manager().ok()?.subscribe_with_options(&options).ok()?;
    let made: PushSubscription = JsFuture::from(asked).await.ok()?.dyn_into().ok()?;
    let ask = Subscribe {
        endpoint: made.endpoint(),
        p256dh: written(&made, PushEncryptionKeyName::P256dh)?,
        auth: written(&made, PushEncryptionKeyName::Auth)?,
    };
    if live::call(ask).await.is_err() {
        let _ = JsFuture::from(made.unsubscribe().ok()?).await;
        return None;
    }
    Some(())
}

async fn unsubscribe() -> Option<()> {
    let made = subscription(&worker().await?).await?;
    live::call(Unsubscribe { endpoint: made.endpoint() }).await.ok()?;
    JsFuture::from(made.unsubscribe().ok()?).await.ok().map(drop)
}

/// A key of the browser's, as it is written.
fn written(made: &PushSubscription, name: PushEncryptionKeyName) -> Option<String> {
    let bytes = js_sys::Uint8Array::new(&made.get_key(name).ok()??.into()).to_vec();
    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    let base64 = window().btoa(&text).ok()?;
    Some(base64.replace('+', "-").replace('/', "_").trim_end_matches('=').to_owned())
}

//! This browser, told while no page of ours is open: its worker, what it subscribed to at its push
//! service, and what of that the house knows. Only in the browser.

use focushive::{
    id::SessionId,
    notification::{LookPushKey, Subscribe, Unsubscribe},
};
use leptos::{prelude::*, reactive::computed::ScopedFuture, task::spawn_local};
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Notification, NotificationPermission, PushEncryptionKeyName, PushSubscription, PushSubscriptionOptionsInit,
    ServiceWorkerRegistration,
};

use crate::{keep, live, visit::Session};

const WORKER: &str = "/sw.js";

/// Under which name it is kept that this browser is to be told.
const KEPT: &str = "push";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Not known yet.
    Unknown,
    /// This browser cannot be told, or its owner forbade it.
    Cannot,
    Forbidden,
    Off,
    On,
}

/// What the house was asked for, and in which sign-in.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    device: Option<SessionId>,
    endpoint: String,
}

/// Whoever signed out is told nothing here until they are back, and a push service may move a browser
/// at any time: what was asked for once is asked for again.
pub fn go_on() {
    if let Some(kept) = keep::read::<Kept>(KEPT) {
        spawn_local(ScopedFuture::new(ask_again(kept)));
    }
}

async fn ask_again(kept: Kept) {
    if Notification::permission() != NotificationPermission::Granted {
        return keep::forget(KEPT);
    }
    let Some(worker) = worker().await else { return };
    let now = subscription(&worker).await.map(|made| Kept { device: device(), endpoint: made.endpoint() });
    if now.is_none_or(|now| now != kept) {
        let _ = subscribe().await;
    }
}

fn device() -> Option<SessionId> {
    Session::get().of(|visit| visit.device)
}

pub async fn stands() -> Standing {
    let Some(worker) = worker().await else { return Standing::Cannot };
    match Notification::permission() {
        NotificationPermission::Denied => Standing::Forbidden,
        NotificationPermission::Granted if is_told(&worker).await => Standing::On,
        _ => Standing::Off,
    }
}

/// Subscribed, and known to the house.
async fn is_told(worker: &ServiceWorkerRegistration) -> bool {
    let Some(made) = subscription(worker).await else { return false };
    live::call(LookPushKey { endpoint: Some(made.endpoint()) }).await.is_ok_and(|push| push.known)
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

/// Asks the person, the push service and the house. Which sign-in this is it learns from its owner.
pub async fn subscribe() -> Option<()> {
    let worker = worker().await?;
    JsFuture::from(Notification::request_permission().ok()?).await.ok()?;
    let key = live::call(LookPushKey { endpoint: None }).await.ok()?.key;
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
    keep::write(KEPT, &Kept { device: device(), endpoint: made.endpoint() });
    Some(())
}

pub async fn unsubscribe() -> Option<()> {
    let made = subscription(&worker().await?).await?;
    keep::forget(KEPT);
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

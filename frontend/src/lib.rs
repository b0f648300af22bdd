//! Wakes FocusHive in the browser.

use app::waking::{InTurns, wake};
use leptos::{mount::hydrate_from_async, prelude::document};

/// Room between the parts into which the program is split. Each part brings its own constants only where
/// all of them, moved together, are no longer than before; else the first part brings everybody's.
/// No part needs this, so that none brings it.
#[used]
static ROOM: [u8; 8192] = [1; 8192];

/// Takes over the page that the server rendered, once its code is here, and says so on the body.
#[wasm_bindgen::prelude::wasm_bindgen]
pub async fn hydrate() {
    console_error_panic_hook::set_once();
    InTurns::begin();
    let Some(body) = document().body() else { return };
    let page = body.clone();
    let first = async { hydrate_from_async(page, app::routes::App).await.forget() };
    wake(first, move || drop(body.set_attribute("data-awake", ""))).await;
}

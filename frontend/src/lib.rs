//! Wakes FocusHive in the browser.

use leptos::{mount::hydrate_from_async, prelude::document};

/// Takes over the page that the server rendered, once its code is here, and says so on the body.
#[wasm_bindgen::prelude::wasm_bindgen]
pub async fn hydrate() {
    console_error_panic_hook::set_once();
    let Some(body) = document().body() else { return };
    hydrate_from_async(body.clone(), app::routes::App).await.forget();
    let _ = body.set_attribute("data-awake", "");
}

//! Wakes FocusHive in the browser.

/// Takes over the page that the server rendered, and says so on the body.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::routes::App);
    if let Some(body) = leptos::prelude::document().body() {
        let _ = body.set_attribute("data-awake", "");
    }
}

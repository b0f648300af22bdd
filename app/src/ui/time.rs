//! An instant, in the viewer's own zone once a script can tell it; the server writes it in UTC.

use focushive::Moment;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

#[component]
pub fn Time(at: Moment) -> impl IntoView {
    let exact = at.to_string();
    let plain = format!("{} UTC", exact.get(..16).unwrap_or(&exact).replace('T', " "));
    let words = RwSignal::new(plain.clone());
    let source = exact.clone();
    Effect::new(move || {
        let date = js_sys::Date::new(&JsValue::from_str(&source));
        let options = js_sys::Object::new();
        let set = |name: &str, value: &str| {
            let _ = js_sys::Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str(value));
        };
        set("dateStyle", "medium");
        set("timeStyle", "short");
        words.set(String::from(date.to_locale_string("default", &options)));
    });
    view! { <time datetime=exact title=plain>{words}</time> }
}

/// The browser's own time zone.
pub fn local_zone() -> String {
    let options = js_sys::Intl::DateTimeFormat::new(&js_sys::Array::new(), &js_sys::Object::new()).resolved_options();
    js_sys::Reflect::get(&options, &JsValue::from_str("timeZone"))
        .ok()
        .and_then(|zone| zone.as_string())
        .unwrap_or_default()
}

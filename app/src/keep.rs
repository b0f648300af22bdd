//! What this browser keeps for somebody over a reload, under a name and whose it is: who signs in
//! next at the same machine finds nothing of it. Only in the browser: call it in effects and events.

use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;

use crate::{reader, visit::Session};

pub fn read<T: DeserializeOwned>(name: &str) -> Option<T> {
    let kept = storage()?.get_item(&own(name)?).ok().flatten()?;
    reader::read_text(&kept).ok()
}

pub fn write<T: Serialize>(name: &str, value: &T) {
    if let (Some(storage), Some(name)) = (storage(), own(name)) {
        // A full store keeps nothing more; what is on the page is there all the same.
        let _ = storage.set_item(&name, &json!(value).to_string());
    }
}

pub fn forget(name: &str) {
    if let (Some(storage), Some(name)) = (storage(), own(name)) {
        let _ = storage.remove_item(&name);
    }
}

fn own(name: &str) -> Option<String> {
    Session::get().me.with_untracked(|me| me.as_ref().map(|me| format!("{name}:{}", me.id)))
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

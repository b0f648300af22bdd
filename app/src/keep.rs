//! What this browser keeps for somebody over a reload, under a name and whose it is: who signs in
//! next at the same machine finds nothing of it. Only in the browser.

use std::cell::Cell;

use focushive::id::UserId;
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;

use crate::{reader, visit::Session};

thread_local! {
    /// Whose page it is: also known where an answer comes late, on no page any more.
    static WHOSE: Cell<Option<UserId>> = const { Cell::new(None) };
}

/// From now on it is theirs.
pub fn belong() {
    WHOSE.set(Session::get().me.with(|me| me.as_ref().map(|me| me.id)));
}

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

/// What is kept under names that begin like this: the rest of each.
pub fn names(prefix: &str) -> Vec<String> {
    let (Some(storage), Some(user)) = (storage(), WHOSE.get()) else { return Vec::new() };
    let end = format!(":{user}");
    let all = (0..storage.length().unwrap_or_default()).filter_map(|at| storage.key(at).ok().flatten());
    all.filter_map(|name| Some(name.strip_prefix(prefix)?.strip_suffix(&end)?.to_owned())).collect()
}

fn own(name: &str) -> Option<String> {
    WHOSE.get().map(|user| format!("{name}:{user}"))
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

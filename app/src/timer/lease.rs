//! Taking turns where a browser knows no locks, as on pages that came over plain HTTP: the tab that
//! makes a sound leaves word of it where all tabs look, and renews it.

use leptos::prelude::*;

/// A tab that renews nothing for so long is gone: longer than the minute to which browsers slow the
/// timers of a hidden tab.
const LEASE_MS: f64 = 75_000.0;

thread_local! {
    static TAB: u64 = (js_sys::Math::random() * 1e15) as u64;
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// Whose turn it is, and until when.
fn holder(storage: &web_sys::Storage, name: &str) -> Option<(u64, f64)> {
    let word = storage.get_item(name).ok().flatten()?;
    let (tab, until) = word.split_once(' ')?;
    Some((tab.parse().ok()?, until.parse().ok()?))
}

/// Takes the turn if it is nobody else's, or keeps it; the answer is whether it is this tab's. Where
/// nothing can be left for others, it is everybody's.
pub fn hold(name: &str) -> bool {
    let Some(storage) = storage() else { return true };
    let (tab, now) = (TAB.with(|tab| *tab), js_sys::Date::now());
    // A turn that lasts longer than any was taken before the device's clock was set.
    let is_held = |(holder, until): &(u64, f64)| *holder != tab && *until > now && *until <= now + LEASE_MS;
    if holder(&storage, name).is_some_and(|held| is_held(&held)) {
        return false;
    }
    let _ = storage.set_item(name, &format!("{tab} {}", (now + LEASE_MS) as u64));
    true
}

/// Another may have it at once.
pub fn let_go(name: &str) {
    if let Some(storage) = storage()
        && holder(&storage, name).is_some_and(|(holder, _)| TAB.with(|tab| *tab == holder))
    {
        let _ = storage.remove_item(name);
    }
}

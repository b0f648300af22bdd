//! Where somebody went last on this device, the latest first.

use leptos::prelude::document;

use crate::{keep, visit::PLACE};

/// More than this nobody remembers.
const MOST: usize = 20;

const NAME: &str = "trail";

pub fn note(path: &str) {
    keep::write(NAME, &after(path, last()));
    remember(path);
}

/// Whoever opens the house comes back to the hive where they were last; from the lobby, to the lobby.
fn remember(path: &str) {
    let cookie = match path.strip_prefix("/hive/") {
        Some(hive) if !hive.contains('/') => format!("{PLACE}={hive}; Max-Age=31536000"),
        None if path == "/" => format!("{PLACE}=; Max-Age=0"),
        _ => return,
    };
    let _ = js_sys::Reflect::set(&document(), &"cookie".into(), &format!("{cookie}; Path=/; SameSite=Lax").into());
}

pub fn last() -> Vec<String> {
    keep::read(NAME).unwrap_or_default()
}

fn after(path: &str, mut before: Vec<String>) -> Vec<String> {
    before.retain(|known| known != path);
    before.insert(0, path.to_owned());
    before.truncate(MOST);
    before
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_is_first_and_each_is_there_once() {
        let kept = after("/", after("/hive/2", after("/", vec!["/hive/1".to_owned()])));
        assert_eq!(kept, ["/", "/hive/2", "/hive/1"]);
        let many = (0..40).fold(Vec::new(), |kept, n| after(&format!("/hive/{n}"), kept));
        assert_eq!((many.len(), many[0].as_str()), (MOST, "/hive/39"));
    }
}

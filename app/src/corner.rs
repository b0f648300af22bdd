//! Where something of this tab stands once a page wants it. The app keeps it, so that pages share
//! it; pages that want none, such as those of guests, do not bring what it is made of.

use leptos::{prelude::*, reactive::owner::WeakOwner};

#[derive(Clone)]
pub struct Corner<T: Send + Sync + 'static> {
    app: WeakOwner,
    kept: StoredValue<Option<T>>,
}

impl<T: Copy + Send + Sync + 'static> Corner<T> {
    /// Room for it, in the app.
    pub fn make_room() {
        if let Some(app) = Owner::current() {
            provide_context(Self { app: app.downgrade(), kept: StoredValue::new(None) });
        }
    }

    /// What stands there; made now, if nothing does.
    pub fn get(make: fn() -> T) -> T {
        let corner = use_context::<Self>();
        if let Some(kept) = corner.as_ref().and_then(|corner| corner.kept.get_value()) {
            return kept;
        }
        let app = corner.as_ref().and_then(|corner| corner.app.upgrade());
        let made = app.map_or_else(make, |app| app.with(make));
        if let Some(corner) = corner {
            corner.kept.set_value(Some(made));
        }
        made
    }
}

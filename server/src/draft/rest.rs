//! Drafts by REST.

use focushive::chat::{LookDraft, SetDraft};

use crate::http::api::route::Route;

pub fn operations() -> Vec<Route> {
    vec![
        Route::get::<LookDraft>("/hives/{hive}/draft", "What stands in my composer, on every device"),
        Route::put::<SetDraft>("/hives/{hive}/draft", "Keep what stands in my composer; nothing takes it away"),
    ]
}

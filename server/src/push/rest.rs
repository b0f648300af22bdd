//! Pushes to closed browsers by REST.

use focushive::notification::{LookPushKey, Subscribe, Unsubscribe};

use crate::http::api::route::Route;

pub fn operations() -> Vec<Route> {
    vec![
        Route::get::<LookPushKey>("/push/key", "What browsers check our pushes with"),
        Route::post::<Subscribe>("/push/subscriptions", "Tell this browser while it is closed").makes(""),
        Route::post::<Unsubscribe>("/push/unsubscribe", "Tell this browser no more"),
    ]
}

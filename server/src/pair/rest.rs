//! Writing to one person alone, by REST.

use focushive::pair::{Open, Send};

use crate::http::api::route::Route;

pub fn operations() -> Vec<Route> {
    vec![
        Route::post::<Open>("/people/{to}/pair", "The hive that is ours alone, made if there is none"),
        Route::post::<Send>("/people/{to}/messages", "Write to one person alone").makes(""),
    ]
}

//! Sectors by REST.

use focushive::sector::{Create, List, Remove, Rename};

use crate::http::api::route::Route;

pub fn operations() -> Vec<Route> {
    vec![
        Route::get::<List>("/sectors", "The sectors, and how many belong to each"),
        Route::post::<Create>("/sectors", "Make a sector; its id is the Idempotency-Key, if that is a UUID").makes(""),
        Route::put::<Rename>("/sectors/{sector}", "Call a sector something else"),
        Route::delete::<Remove>("/sectors/{sector}", "Remove a sector; its people then belong to none"),
    ]
}

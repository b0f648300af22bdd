//! Presence by REST.

use focushive::presence::{Beat, ListSeats, SetChoice};

use crate::http::api::route::Route;

pub fn operations() -> Vec<Route> {
    vec![
        Route::get::<ListSeats>("/hives/{hive}/presence", "Who is in a hive right now"),
        Route::post::<Beat>("/presence/beat", "Say that this device is there; good for 75 seconds"),
        Route::put::<SetChoice>("/presence/choice", "Choose what others see of me; nothing leaves it to my devices"),
    ]
}

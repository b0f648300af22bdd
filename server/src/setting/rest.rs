//! What the owner decides for the whole house, by REST.

use focushive::setting::{Look, Settings};

use crate::http::api::route::Route;

pub fn operations() -> Vec<Route> {
    vec![look(), Route::put::<Settings>("/settings", "Change the settings of the house: all of them").shown_by(look)]
}

fn look() -> Route {
    Route::get::<Look>("/settings", "The settings of the house").edits(Clone::clone)
}

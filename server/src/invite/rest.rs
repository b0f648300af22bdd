//! Invitations into the house by REST.

use focushive::invite::{Create, List, Open, Withdraw};

use crate::http::api::route::Route;

pub fn operations() -> Vec<Route> {
    vec![
        Route::get::<List>("/invites", "The links there are, newest first"),
        Route::post::<Create>("/invites", "Make a link; it is shown this once").makes(""),
        Route::delete::<Withdraw>("/invites/{invite}", "Withdraw a link"),
        Route::post::<Open>("/invites/open", "What a visitor may know of the link they hold").open().spends(),
    ]
}

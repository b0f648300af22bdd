//! The people of the house by REST.

use focushive::member::{List, MakeAddressLink, MakeResetLink, Restore, SetRole, SetSector, SignOut, Suspend};
use serde_json::Value;

use crate::http::api::route::{Fields, Route};

pub fn operations() -> Vec<Route> {
    vec![
        Route::get::<List>("/members", "The people of this house").paged("after", next),
        Route::put::<SetRole>("/members/{user}/role", "Give somebody another role"),
        Route::put::<SetSector>("/members/{user}/sector", "Put somebody into a sector, or into none"),
        Route::post::<Suspend>("/members/{user}/suspend", "Suspend somebody: they are signed out everywhere"),
        Route::post::<Restore>("/members/{user}/restore", "Let somebody in again"),
        Route::post::<SignOut>("/members/{user}/sign-out", "Sign somebody out everywhere"),
        Route::post::<MakeResetLink>("/members/{user}/reset-link", "Make a link for a new password").makes(""),
        Route::post::<MakeAddressLink>("/members/{user}/address-link", "Make a link for the address they asked for")
            .makes(""),
    ]
}

fn next(_: &Fields, page: &Value) -> Option<String> {
    page.get("next")?.as_str().map(str::to_owned)
}

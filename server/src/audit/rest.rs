//! The audit by REST.

use focushive::member::ListAudit;

use crate::http::api::route::Route;

pub fn operations() -> Vec<Route> {
    vec![Route::get::<ListAudit>("/audit", "What was done by whom, newest first")]
}
